import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openUserShell, type UserShellOptions } from '../../src/process/user-shell';
import { shellIsHere } from '../shell/shells';
import { temporaryHome, type TemporaryHome } from '../support';

const startupFiles = { bash: '.bashrc', zsh: '.zshrc' } as const;
type Kind = keyof typeof startupFiles;

/** What many a startup file does: print, define, forbid. */
const startup = `echo welcome
echo noise >&2
alias builtin=false
alias greet='echo hello'
alias twice='echo one
echo two'
alias shout='echo not the function'
unalias shout
shout() { echo "SHOUT $*"; }
set -C
`;

async function openShell(home: TemporaryHome, kind: string, more: Partial<UserShellOptions> = {}) {
  const traced: string[] = [];
  const shell = await openUserShell({
    env: { ...home.env, SHELL: kind },
    cacheDir: home.cache,
    now: () => new Date(),
    signal: new AbortController().signal,
    trace: (text) => traced.push(text),
    ...more,
  });
  const run = async (commandLine: string) => {
    const { file, args } = shell.commandFor(commandLine);
    // bash takes a socket as stdin for a login from elsewhere, and reads its startup file, unless a shell has started it.
    return home.run(file, args, { env: { SHLVL: '2' } });
  };
  return { run, traced, args: shell.commandFor('x').args };
}

const inHours = (hours: number): Pick<UserShellOptions, 'now'> => ({ now: () => new Date(Date.now() + hours * 3_600_000) });

function withStartup(home: TemporaryHome, kind: Kind, text = startup): void {
  writeFileSync(join(home.home, startupFiles[kind]), text);
}

describe.each(['bash', 'zsh'] as const)('%s', (kind) => {
  const here = shellIsHere(kind);

  test.skipIf(!here)('knows aliases and functions, and nothing of what startup files print', async () => {
    await using home = await temporaryHome();
    withStartup(home, kind);
    const { run } = await openShell(home, kind);
    expect(await run('greet you; twice; shout a "b  c"')).toMatchObject({ exitCode: 0, stdout: 'hello you\none\ntwo\nSHOUT a b  c\n', stderr: '' });
    expect(await run("printf '%s' \"it's\"; exit 7")).toMatchObject({ exitCode: 7, stdout: "it's" });
    expect(await run('case $- in *i*) echo interactive;; *) echo not;; esac')).toMatchObject({ stdout: 'not\n' });
  });

  test.skipIf(!here)('is asked once a day, and when that is wanted', async () => {
    await using home = await temporaryHome();
    withStartup(home, kind, 'alias greet="echo old"\n');
    await openShell(home, kind);
    withStartup(home, kind, 'alias greet="echo new"\n');
    const said = async (more: Partial<UserShellOptions> = {}) => (await (await openShell(home, kind, more)).run('greet')).stdout.trim();
    expect(await said(inHours(23))).toBe('old');
    expect(await said(inHours(25))).toBe('new');
    withStartup(home, kind, 'alias greet="echo newest"\n');
    expect(await said({ refresh: true })).toBe('newest');
    withStartup(home, kind, 'alias greet="echo from the past"\n');
    expect(await said(inHours(-2))).toBe('from the past');
  });

  test.skipIf(!here)('that hangs in its startup is given up, with all it has started', async () => {
    await using home = await temporaryHome();
    withStartup(home, kind, 'alias greet="echo hello"\nsleep 1000\n');
    const { run, traced } = await openShell(home, kind, { timeoutMs: 500 });
    expect(traced).toEqual([expect.stringContaining('did not start within 0.5 s')]);
    expect(await run('echo plain')).toMatchObject({ exitCode: 0, stdout: 'plain\n' });
    await home.waitForQuiet();
    expect(readdirSync(join(home.root, 'tmp'))).toEqual([]);
  });

  test.skipIf(!here)('that ends in its startup leaves commands as they are', async () => {
    await using home = await temporaryHome();
    withStartup(home, kind, 'exec true\n');
    const { run, args } = await openShell(home, kind);
    expect(args).toEqual(['-c', 'x']);
    expect(await run('echo plain')).toMatchObject({ exitCode: 0, stdout: 'plain\n' });
  });
});

test('the snapshot is of the user alone, of one shell, and says when it was taken', async () => {
  await using home = await temporaryHome();
  withStartup(home, 'bash');
  await openShell(home, 'bash');
  const files = ['aliases-bash.txt', 'functions-bash.sh'].map((name) => join(home.cache, name));
  expect(files.map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
  expect(readFileSync(files[0]!, 'utf8')).toMatch(/^# daft-alias-cache v2\n\d{10}\nbash\nalias builtin='false'\n/);
  expect(readFileSync(files[1]!, 'utf8')).toContain('shout ()');
  // Another shell of the same name has aliases of its own.
  const { traced } = await openShell(home, '/bin/bash');
  expect(traced).toEqual([expect.stringContaining('took a snapshot')]);
});

test.each([
  ['an old form', '# daft-alias-cache v1\n'],
  ['nothing', ''],
  ['a time that is none', '# daft-alias-cache v2\nnow\nbash\n'],
])('a snapshot file with %s counts as none', async (_what, text) => {
  await using home = await temporaryHome();
  withStartup(home, 'bash');
  mkdirSync(home.cache, { recursive: true });
  writeFileSync(join(home.cache, 'aliases-bash.txt'), text);
  writeFileSync(join(home.cache, 'functions-bash.sh'), 'echo stale');
  expect(await (await openShell(home, 'bash')).run('greet')).toMatchObject({ stdout: 'hello\n' });
});

test('where a snapshot cannot be kept, commands run as they are', async () => {
  await using home = await temporaryHome();
  withStartup(home, 'bash');
  writeFileSync(join(home.root, 'file'), '');
  const { args, traced } = await openShell(home, 'bash', { cacheDir: join(home.root, 'file/cache') });
  expect(args).toEqual(['-c', 'x']);
  expect(traced).toEqual([expect.stringContaining('no snapshot of aliases')]);
});

test('other shells run commands as they are, sh where there is none named', async () => {
  await using home = await temporaryHome();
  expect((await openShell(home, '/usr/bin/fish')).args).toEqual(['-c', 'x']);
  expect((await openShell(home, '')).args).toEqual(['-c', 'x']);
  expect(await (await openShell(home, '')).run('echo $0')).toMatchObject({ stdout: 'sh\n' });
});

test('an interruption ends the asking at once', async () => {
  await using home = await temporaryHome();
  withStartup(home, 'bash', 'sleep 1000\n');
  const controller = new AbortController();
  const opening = openShell(home, 'bash', { signal: controller.signal });
  controller.abort(new Error('stop'));
  await expect(opening).rejects.toThrow('stop');
  await home.waitForQuiet();
});
