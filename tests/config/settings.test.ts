import { describe, expect, test } from 'vitest';
import { formatSize, parseSettings, parseSize, readDirectories, withDefaultLayout } from '../../src/config';

const list = (...entries: readonly string[]) => entries.map((entry) => `${entry}\0`).join('');

describe('settings', () => {
  test('without any configuration are the defaults', () => {
    expect(parseSettings('')).toMatchObject({
      autocd: true,
      remote: 'origin',
      checkoutFetch: false,
      checkoutUpstream: true,
      checkoutBranchCarry: true,
      jobsMaxParallel: 64,
      hooks: { enabled: true, defaultTrust: 'deny', timeoutSecs: 300 },
    });
  });

  test.each([
    ['true', true], ['YES', true], ['on', true], ['1', true], ['false', false], ['No', false], ['OFF', false], ['0', false], ['maybe', true], ['', true],
  ])('daft.autocd = %j is %s', (value, expected) => {
    expect(parseSettings(list(`daft.autocd\n${value}`)).autocd).toBe(expected);
  });

  test('the last value of a key counts, a key without value is true, a value may have lines', () => {
    const settings = parseSettings(list('daft.checkout.carry\nfalse', 'daft.checkout.carry', 'daft.remote\nup', 'daft.remote\n', 'x.y\na\nb'));
    expect(settings.checkoutCarry).toBe(true);
    expect(settings.remote).toBe('origin');
    expect(settings.raw.get('x.y')).toBe('a\nb');
  });

  test('a hook is configured by its name, or else by its deprecated one', () => {
    const settings = parseSettings(
      list('daft.hooks.preCreate.enabled\nfalse', 'daft.hooks.worktreePreCreate.failmode\nWARN', 'daft.hooks.postClone.failmode\nnever', 'daft.hooks.preCreate.failmode\nabort'),
    );
    expect(settings.hooks.perHook['worktree-pre-create']).toEqual({ enabled: false, failMode: 'warn', invalidFailMode: null });
    expect(settings.hooks.perHook['post-clone']).toEqual({ enabled: true, failMode: null, invalidFailMode: 'never' });
  });

  test('numbers and fixed words that make no sense mean the default', () => {
    const settings = parseSettings(list('daft.hooks.timeout\n-1', 'daft.prune.cdtarget\nmoon', 'daft.hooks.defaulttrust\nALLOW'));
    expect(settings).toMatchObject({ pruneCdTarget: 'root', hooks: { timeoutSecs: 300, defaultTrust: 'allow' } });
  });

  test.each([
    ['4', 4, null], ['', 64, null], ['0', 64, '0'], ['-3', 64, '-3'], ['abc', 64, 'abc'], ['1.5', 64, '1.5'],
  ])('daft.jobs.maxParallel = %j', (value, jobsMaxParallel, invalidJobsMaxParallel) => {
    expect(parseSettings(list(`daft.jobs.maxparallel\n${value}`))).toMatchObject({ jobsMaxParallel, invalidJobsMaxParallel });
  });

  test.each([
    ['500MB', 524_288_000, null], ['1 kb', 1024, null], ['0', null, null], ['0MB', null, null], ['', null, null], ['1.5GB', null, '1.5GB'], ['-1', null, '-1'], ['99999999GB', null, '99999999GB'],
  ])('daft.jobs.logLimit = %j', (value, jobsLogLimitBytes, invalidJobsLogLimit) => {
    expect(parseSettings(list(`daft.jobs.loglimit\n${value}`))).toMatchObject({ jobsLogLimitBytes, invalidJobsLogLimit });
  });

  test.each([['0B', 0], ['1000B', 1000], ['1KB', 1024], ['1536KB', 1536 * 1024], ['10MB', 10 * 1024 ** 2], ['2GB', 2 * 1024 ** 3]])('%s is written as it is read', (text, bytes) => {
    expect(formatSize(bytes)).toBe(text);
    expect(parseSize(text)).toEqual({ kind: 'valid', value: bytes });
  });
});

describe('directories', () => {
  test('follow XDG, with overrides of our own', () => {
    expect(readDirectories({ HOME: '/h', XDG_STATE_HOME: '/s', XDG_DATA_HOME: 'relative', XDG_CACHE_HOME: '', DAFT_CONFIG_DIR: '/c', DAFT_DATA_DIR: '' })).toEqual({
      config: '/c',
      data: '/h/.local/share/daft',
      state: '/s/daft',
      cache: '/h/.cache/daft',
    });
  });

  test('a relative override is refused by its name', () => {
    expect(() => readDirectories({ HOME: '/h', DAFT_STATE_DIR: 'x' })).toThrow('DAFT_STATE_DIR must be an absolute path, got: x');
  });
});

describe('the default layout in config.toml', () => {
  test.each([
    ['', 'contained', '[defaults]\nlayout = "contained"\n'],
    ['[layouts.a]\nlayout = "x"\n', 'nested', '[layouts.a]\nlayout = "x"\n\n[defaults]\nlayout = "nested"\n'],
    ['# top\n[defaults] # mine\nother = 1\nlayout = "a" # old\n[x]\nlayout = 2\n', 'b', '# top\n[defaults] # mine\nother = 1\nlayout = "b"\n[x]\nlayout = 2\n'],
    ['[defaults]\nother = 1\n', '{{ branch }}/"q"', '[defaults]\nlayout = "{{ branch }}/\\"q\\""\nother = 1\n'],
    ['[defaults]\nlayout = "a"\n[x]\nlayout = 2\n', null, '[defaults]\n[x]\nlayout = 2\n'],
    ['[x]\nlayout = 2', null, '[x]\nlayout = 2'],
  ])('%j with %j becomes %j', (text, layout, expected) => {
    expect(withDefaultLayout(text, layout)).toBe(expected);
  });
});
