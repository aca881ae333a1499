import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { allJobs, loadWorktreeConfig, parseConfig } from '../../src/config/daft-yml';
import { configCandidates, findConfigFile } from '../../src/config';
import { writeFiles } from '../support';

let root: string;
beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'daft-yml-')); });
afterEach(() => rmSync(root, { recursive: true, force: true }));

const read = () => loadWorktreeConfig(root, join(root, 'cache'));

async function load(files: Record<string, string>) {
  writeFiles(root, files);
  const loaded = await read();
  if (loaded.kind !== 'loaded') throw new Error(JSON.stringify(loaded));
  expect(await read()).toEqual(loaded); // what is remembered of a text is what it means
  return loaded.config;
}

async function failure(files: Record<string, string>): Promise<string> {
  writeFiles(root, files);
  const loaded = await read();
  if (loaded.kind !== 'broken') throw new Error(`expected a broken configuration, got ${JSON.stringify(loaded)}`);
  return loaded.message;
}

const jobNames = (config: Awaited<ReturnType<typeof load>>, hook = 'post-clone') => config.hooks?.[hook]?.jobs?.map(({ name, run }) => `${name}: ${JSON.stringify(run).replaceAll('"', '')}`);

describe('discovery', () => {
  test('the first candidate that is a regular file wins', () => {
    for (const candidate of configCandidates.toReversed()) {
      writeFiles(root, { [candidate]: 'rc: x' });
      expect(findConfigFile(root)).toBe(candidate);
    }
  });

  test('a directory called daft.yml is no configuration', () => {
    mkdirSync(join(root, 'daft.yml'));
    writeFiles(root, { 'daft.yaml': 'rc: x' });
    expect(findConfigFile(root)).toBe('daft.yaml');
  });

  test('without a main file there are no YAML hooks, whatever lies around it', async () => {
    writeFiles(root, { 'post-clone.yml': 'jobs: [{run: a}]', 'daft-local.yml': 'rc: x' });
    expect(await read()).toEqual({ kind: 'absent' });
  });
});

describe('merge, lowest to highest', () => {
  test('an extended file goes over the main file, a per-hook file over both, the local override over all', async () => {
    const main = 'extends: [shared.yml]\nrc: main\nhooks: {post-clone: {jobs: [{name: a, run: main}]}, worktree-post-create: {jobs: [{name: b, run: main}]}}';
    expect(jobNames(await load({ 'daft.yml': main }))).toEqual(['a: main']);
    expect(jobNames(await load({ 'shared.yml': 'hooks: {post-clone: {jobs: [{name: a, run: shared}, {name: s, run: s}]}}' }))).toEqual(['a: shared', 's: s']);
    expect(jobNames(await load({ 'post-clone.yml': 'jobs: [{name: a, run: own}]' }))).toEqual(['a: own']);
    const config = await load({ 'daft-local.yml': 'rc: local\nhooks: {post-clone: {jobs: [{name: a, run: local}]}}' });
    expect(jobNames(config)).toEqual(['a: local']);
    expect(jobNames(config, 'worktree-post-create')).toEqual(['b: main']);
    expect(config.rc).toBe('local');
  });

  test('extends: in list order, missing files ignored, not recursive, relative to the main file', async () => {
    const config = await load({
      '.config/daft.yml': 'extends: [one.yml, missing.yml, sub/two.yml]',
      '.config/one.yml': 'rc: one\nextends: [three.yml]\nlayout: one',
      '.config/sub/two.yml': 'rc: two',
      '.config/three.yml': 'source_dir: three',
    });
    expect(config).toMatchObject({ rc: 'two', layout: 'one' });
    expect(config.source_dir).toBeUndefined();
    expect(config.extends).toBeUndefined();
  });

  test('beside a main file in .config, per-hook files lie in .config/daft', async () => {
    const config = await load({ '.config/daft.yaml': 'rc: x', '.config/daft/post-clone.yaml': 'jobs: [{name: a, run: x}]', 'worktree-post-create.yml': 'jobs: []' });
    expect(Object.keys(config.hooks ?? {})).toEqual(['post-clone']);
  });

  test.each([
    ['daft.yml', 'daft-local.yml'],
    ['daft.yaml', 'daft-local.yaml'],
    ['.daft.yml', '.daft-local.yml'],
    ['.config/daft.yml', '.config/daft-local.yml'],
  ])('the local override of %s is %s', async (main, local) => {
    expect((await load({ [main]: 'rc: main', [local]: 'rc: local' })).rc).toBe('local');
  });

  test('scalars and lists are replaced, log is merged per field', async () => {
    const config = await load({
      'daft.yml': 'shared: [a, b]\ncolors: true\nlog: {retention: 1d, keep_last: 5}',
      'daft-local.yml': 'shared: [c]\nlog: {retention: 2d}\nno_tty: true\noutput: [post-clone]\nmin_version: 1.2.3\nsource_dir_local: x',
    });
    expect(config).toMatchObject({ shared: ['c'], colors: true, no_tty: true, output: ['post-clone'], min_version: '1.2.3', source_dir_local: 'x' });
    expect(config.log).toMatchObject({ retention: '2d', keep_last: 5 });
  });

  test('a same-named job is replaced whole and keeps its place; others, and unnamed ones, are appended', async () => {
    const config = await load({
      'daft.yml': 'hooks: {post-clone: {jobs: [{name: a, run: a, tags: [x]}, {run: nameless}, {name: b, run: b}]}}',
      'daft-local.yml': 'hooks: {post-clone: {jobs: [{run: other}, {name: a, run: new}, {name: c, run: c}]}}',
    });
    const jobs = config.hooks?.['post-clone']?.jobs ?? [];
    expect(jobs.map(({ run }) => run)).toEqual(['new', 'nameless', 'b', 'other', 'c']);
    expect(jobs[0]?.tags).toBeUndefined();
  });

  test.each([
    ['background: true', { background: true }],
    ['parallel: false', { parallel: false }],
    ['piped: true', { piped: true }],
    ['follow: true', { follow: true }],
    ['fail_mode: abort', { fail_mode: 'abort' }],
    ['exclude_tags: [x]', { exclude_tags: ['x'] }],
    ['exclude: [x]', { exclude: ['x'] }],
    ['skip: merge', { skip: 'merge' }],
    ['only: false', { only: false }],
    ['commands: {z: {run: z}}', { commands: { z: { run: 'z' } } }],
  ])('of a hook on both sides, %s replaces', async (overlay, expected) => {
    const base = 'background: false, parallel: true, piped: false, follow: false, fail_mode: warn, exclude_tags: [o], exclude: [o], skip: false, only: true, commands: {o: {run: o}}';
    const config = await load({ 'daft.yml': `hooks: {post-clone: {${base}, jobs: [{run: kept}]}}`, 'daft-local.yml': `hooks: {post-clone: {${overlay}}}` });
    expect(config.hooks?.['post-clone']).toMatchObject({ ...expected, jobs: [{ run: 'kept' }] });
  });

  test('commands become named jobs behind the others, in their order', async () => {
    const config = await load({ 'daft.yml': 'hooks: {post-clone: {commands: {z: {run: z, tags: [t], env: {A: b}}, y: {script: s, runner: r}}, jobs: [{name: a, run: a}]}}' });
    expect(allJobs(config.hooks!['post-clone']!)).toMatchObject([{ name: 'a' }, { name: 'z', run: 'z', tags: ['t'], env: { A: 'b' } }, { name: 'y', script: 's', runner: 'r' }]);
  });
});

describe('parsing', () => {
  test('words of YAML 1.1 are strings', async () => {
    expect(await load({ 'daft.yml': 'rc: yes\nhooks: {post-clone: {jobs: [{name: on, run: off}]}}' })).toMatchObject({ rc: 'yes', hooks: { 'post-clone': { jobs: [{ name: 'on', run: 'off' }] } } });
  });

  test('an empty file is a configuration without hooks, and a null is as good as nothing', async () => {
    expect(await load({ 'daft.yml': '' })).toEqual({ unknownKeys: [] });
    const config = await load({ 'daft.yml': 'rc:\nhooks:\n  post-clone:\n    skip: ~\n    jobs:\n      - {name: a, run: a, tags: null}\n      -\n', 'post-clone.yml': '# nothing' });
    expect(config.rc).toBeUndefined();
    expect(config.hooks?.['post-clone']?.jobs).toEqual([{ name: 'a', run: 'a', unknownKeys: [] }]);
  });

  test('aliases are followed, unknown keys and hooks are kept out of the way', async () => {
    const config = await load({ 'daft.yml': 'x-common: &c {A: b}\nhooks: {pre-commit: {jobs: [{name: a, run: a, env: *c, rnu: x}]}}' });
    expect(config.unknownKeys).toEqual(['x-common']);
    expect(config.hooks?.['pre-commit']?.jobs?.[0]).toEqual({ name: 'a', run: 'a', env: { A: 'b' }, unknownKeys: ['rnu'] });
  });

  test.each([
    ['duplicate keys', 'rc: a\nrc: b', /line 2, column 1/],
    ['a wrong type', 'hooks:\n  post-clone:\n    jobs:\n      - name: 5\n', /hooks\.post-clone\.jobs\[0\]\.name: expected string.* at line 4, column 15/],
    ['an enum outside its set', 'hooks: {post-clone: {jobs: [{run: a, os: beos}]}}', /jobs\[0\]\.os/],
    ['an arch outside its set', 'hooks: {post-clone: {jobs: [{run: a, arch: [vax]}]}}', /jobs\[0\]\.arch\[0\]/],
    ['env that is no string', 'hooks: {post-clone: {jobs: [{run: a, env: {PORT: 80}}]}}', /env\.PORT: expected string/],
    ['a bare mapping as condition', 'hooks: {post-clone: {skip: {ref: main}}}', /hooks\.post-clone\.skip: expected true, false/],
    ['keep_last that is no number', 'log: {keep_last: some}', /log\.keep_last: expected number/],
    ['broken syntax', 'hooks: [', /line 1/],
    ['a list as file', '- a', /expected object/],
    ['two documents', 'rc: a\n---\nrc: b', /./],
    ['an alias inside itself', 'x: &a [*a]', /./],
    ['background_output', 'hooks: {post-clone: {jobs: [{run: a, background_output: loud}]}}', /background_output/],
    ['tracks', 'hooks: {post-clone: {jobs: [{run: a, tracks: [colour]}]}}', /tracks\[0\]/],
    ['a fraction as priority', 'hooks: {post-clone: {jobs: [{run: a, priority: 1.5}]}}', /priority/],
  ])('%s spoils the whole file', async (_what, text, message) => {
    const told = await failure({ 'daft.yml': text });
    expect(told.startsWith(`Failed to parse YAML file: ${join(root, 'daft.yml')}: `)).toBe(true);
    expect(told).toMatch(message);
  });

  test.each([
    ['shared.yml', 'Failed to load extends file: '],
    ['post-clone.yml', 'Failed to load per-hook file: '],
    ['daft-local.yml', 'Failed to load local config: '],
  ])('a broken %s says where it belongs', async (file, introduction) => {
    expect(await failure({ 'daft.yml': 'extends: [shared.yml]', [file]: '{{' })).toContain(`${introduction}Failed to parse YAML file: ${join(root, file)}`);
  });

  test('committed text stands alone', async () => {
    const loaded = await parseConfig('rc: x\nextends: [y.yml]', 'main:daft.yml', root);
    expect(loaded).toEqual({ kind: 'loaded', file: 'main:daft.yml', config: { rc: 'x', unknownKeys: [] } });
    expect(await parseConfig('rc: [', 'main:daft.yml', root)).toMatchObject({ kind: 'broken', message: expect.stringContaining('main:daft.yml') as string });
  });
});
