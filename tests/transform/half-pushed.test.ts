/**
 * What `git stash push` leaves that is killed half-way: the stash entry, and a worktree from which some of the changes have been
 * taken and some not. The rollback brings all of it back, or touches nothing.
 */
import { chmodSync, cpSync, existsSync, lstatSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExactState } from '../chaos/treasure.mjs';
import { buildHoard, type Hoard } from '../safety/hoard';
import { temporaryHome, writeFiles, type TemporaryHome } from '../support';

let home: TemporaryHome;
let hoard: Hoard;
/** Before the stash. */
let first: ExactState;
/** Paths that differ from HEAD then. */
let tracked: readonly string[];
let untracked: readonly string[];

beforeAll(async () => {
  home = await temporaryHome();
  hoard = buildHoard(home, 'regular', 'files');
  writeFiles(hoard.at(), {
    'app/.git/info/attributes': 'modified text eol=crlf\nstaged filter=deadly\n',
    'app/modified': 'one\r\nmain\r\nthree\r\n',
    'app.one/modified': 'one\r\none\r\nthree\r\n',
  });
  const names = (...args: string[]) => hoard.must(hoard.at('app'), ...args, '-z').split('\0').filter((name) => name !== '');
  tracked = names('diff', 'HEAD', '--name-only', '--no-renames');
  untracked = names('ls-files', '--others', '--exclude-standard');
  first = hoard.exactState();
  keep('start');
  await killAfterStash(hoard);
  keep('pushed');
});
afterAll(() => home[Symbol.asyncDispose]());

function keep(name: string): void {
  cpSync(hoard.at(), join(home.root, name), { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
}

/** By then the changes of main are in the stash. */
async function killAfterStash(repo: Hoard): Promise<void> {
  const killed = await repo.daft(repo.at('app'), ['layout', 'transform', 'contained', '--force'], { env: { DAFT_FAULT: 'transform: after stash:kill' } });
  expect(killed.exitCode).toBe(137);
}

/** All changes are in the stash, and those of `back` have not been taken out of the worktree, or the index. */
function arrange(back: readonly string[], { index }: { index: 'as staged' | 'reset' }): void {
  rmSync(hoard.at(), { recursive: true });
  cpSync(join(home.root, 'pushed'), hoard.at(), { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  for (const path of [...back, ...(index === 'as staged' ? ['.git/index'] : [])]) {
    const before = join(home.root, 'start/app', path);
    rmSync(hoard.at('app', path), { force: true });
    if (lstatSync(before, { throwIfNoEntry: false })) cpSync(before, hoard.at('app', path), { preserveTimestamps: true, verbatimSymlinks: true });
  }
}

/** And finds nothing else to do. */
const takeBack = (env: Record<string, string> = {}) => hoard.daft(hoard.at('app'), ['eject'], { env });
/** That of the transform itself aside: the steps that have been taken back are crossed out. */
const stateOf = (state: ExactState) => ({ ...state, leftovers: [] });
const hasJournal = () => existsSync(hoard.at('app/.git/.daft/transform/journal'));

type Part = 'all' | 'some' | 'no';
const parts: readonly Part[] = ['all', 'some', 'no'];
const partOf = (part: Part, names: readonly string[]) => names.filter((_, index) => part === 'all' || (part === 'some' && index % 2 === 1));
const combinations = parts.flatMap((files) => parts.flatMap((changes) => (['as staged', 'reset'] as const).map((index) => [files, changes, index] as const)));

test.each(combinations)('with %s untracked files and %s changes in the worktree still, and the index %s, everything comes back', async (files, changes, index) => {
  arrange([...partOf(files, untracked), ...partOf(changes, tracked)], { index });
  const taker = await takeBack();
  expect(taker.stderr).toMatch(/\nwarning: An earlier 'daft layout transform contained' was interrupted half-way; taking it back\nError: Repository is not in worktree layout.\n$/);
  expect(hoard.exactState()).toEqual(first);
});

test('files that git was about to write again are no obstacle', async () => {
  arrange([...tracked, ...untracked], { index: 'as staged' });
  unlinkSync(hoard.at('app/modified'));
  for (const path of ['run.sh', 'deleted', 'untracked/x.sh']) writeFileSync(hoard.at('app', path), '');
  await takeBack();
  expect(hoard.exactState()).toEqual(first);
});

test('changes that are back in their new place, with the entry still in the stash, come back to the old one', async () => {
  arrangeReset('cat');
  const { exitCode } = await hoard.daft(hoard.at('app'), ['layout', 'transform', 'contained', '--force'], { env: { DAFT_FAULT: 'transform: changes applied:kill' } });
  expect(exitCode).toBe(137);
  const lock = hoard.at('app/.git/worktrees/main/index.lock');
  writeFileSync(lock, '');
  for (const path of ['main/modified', 'main/untracked/x.sh']) unlinkSync(hoard.at('app', path));
  writeFileSync(hoard.at('app/main/run.sh'), '');
  const halfWay = stateOf(hoard.exactState());
  // Not a step is taken back before this one.
  expect((await takeBack()).stderr).toContain(`the changes are kept as stash`);
  expect(stateOf(hoard.exactState())).toEqual(halfWay);
  unlinkSync(lock);
  expect((await takeBack()).stderr).not.toContain('Could not take back');
  expect(hoard.exactState().worktrees).toEqual(first.worktrees);
  expect(hoard.exactState().everything).toEqual(first.everything);
});

test('a rollback that is killed over it is taken further by the next', async () => {
  for (const point of ['transform: index reset', 'transform: copy removed', 'transform: copy removed@3']) {
    arrange([...tracked, ...untracked], { index: 'as staged' });
    expect(await takeBack({ DAFT_FAULT: `${point}:kill` })).toMatchObject({ exitCode: 137 });
    await takeBack();
    expect(hoard.exactState()).toEqual(first);
  }
});

test('what the stash does not speak of is nobody’s concern', async () => {
  arrange([...tracked, ...untracked], { index: 'as staged' });
  const own = { kept: 'edited since\n', 'untracked/another': 'a\n', 'at-top.ignored': 'other\n' };
  writeFiles(hoard.at('app'), own);
  expect(await takeBack()).toMatchObject({ stderr: expect.not.stringContaining('Could not take back') });
  for (const [path, content] of Object.entries(own)) expect(readFileSync(hoard.at('app', path), 'utf8')).toBe(content);
  for (const [path, content] of Object.entries({ kept: 'kept\n', 'at-top.ignored': 'main\n' })) writeFileSync(hoard.at('app', path), content);
  unlinkSync(hoard.at('app/untracked/another'));
  expect(hoard.exactState()).toEqual(first);
});

test('submodules stay as they are: one whose commit is staged is not judged', async () => {
  await using other = await temporaryHome();
  const modules = buildHoard(other, 'regular', 'submodule');
  const push = () => killAfterStash(modules);
  const before = modules.exactState();
  await push();
  writeFileSync(modules.at('app/modified'), 'one\nmain\nthree\n');
  await modules.daft(modules.at('app'), ['eject']);
  expect(modules.exactState()).toEqual(before);

  modules.must(modules.at('app'), 'add', 'libs/outer');
  const staged = modules.exactState();
  await push();
  await modules.daft(modules.at('app'), ['eject']);
  expect(modules.exactState()).toEqual(staged);
  await push();
  writeFileSync(modules.at('app/modified'), 'one\nmain\nthree\n');
  const halfWay = stateOf(modules.exactState());
  expect((await modules.daft(modules.at('app'), ['eject'])).stderr).toContain(": 'libs/outer' cannot be compared with what is in the stash\n");
  expect(stateOf(modules.exactState())).toEqual(halfWay);
});

/** As before the transform that `pushed` has the remains of; git runs `smudge` in the middle of its reset. */
function arrangeReset(smudge: string): ExactState {
  arrange([...tracked, ...untracked], { index: 'as staged' });
  rmSync(hoard.at('app/.git/.daft'), { recursive: true });
  hoard.must(hoard.at('app'), 'stash', 'drop', '--quiet');
  hoard.must(hoard.at('app'), 'config', 'filter.deadly.smudge', smudge);
  return hoard.exactState();
}

/** Runs a transform whose git gets a signal from the filter that it has started. */
async function strike(signal: 'KILL' | 'TERM') {
  const armed = join(home.root, 'armed');
  writeFileSync(armed, '');
  const before = arrangeReset(`if rm '${armed}' 2>/dev/null; then kill -${signal} $PPID; else cat; fi`);
  const ran = await hoard.daft(hoard.at('app'), ['layout', 'transform', 'contained', '--force']);
  expect(existsSync(armed)).toBe(false);
  expect(ran.exitCode).toBe(1);
  return { before, ran };
}

/** Goes on, as `hoard.daft` does not. */
function start(args: readonly string[], env: Record<string, string> = {}) {
  return home.start('daft', args, { cwd: hoard.at('app'), env: { DAFT_CONFIG_DIR: join(home.root, 'config'), DAFT_DATA_DIR: join(home.root, 'data'), ...env } });
}

describe('a git that is killed when it writes the first of the files that it resets', () => {
  test('and has cleared up behind itself leaves what is taken back at once', async () => {
    const { before, ran } = await strike('TERM');
    expect(ran.stderr).toMatch(/\nError: Failed at step 1\/\d+: Stash changes of 'main' in /);
    expect(hoard.exactState()).toEqual(before);
  });

  test('and has left its lock leaves what is taken back when that has been removed', async () => {
    const { before, ran } = await strike('KILL');
    const lock = hoard.at('app/.git/index.lock');
    expect(ran.stderr.split('\n').slice(-6)).toEqual([
      expect.stringMatching(/^warning: Failed to stash the changes of '/),
      expect.stringMatching(/^warning: Failed at step 1\/\d+: Stash changes of 'main' in /),
      expect.stringMatching(/^warning: Could not take back a step \(stash of [^)]*\): the changes are kept as stash [0-9a-f]{12}: git is at work there, or was killed: if none is running, remove /),
      'Error: Not everything could be taken back; nothing is lost',
      expect.stringContaining('Mend what the warnings name'),
      '',
    ]);
    unlinkSync(lock);
    expect((await takeBack()).stderr).not.toContain('Could not take back');
    expect(hoard.exactState()).toEqual(before);
  });
});

test('a git that goes on when daft has been killed is waited for', async () => {
  const [reached, gate] = [join(home.root, 'reached'), join(home.root, 'gate')];
  await home.run('mkfifo', [reached, gate]);
  const before = arrangeReset(`if [ -e '${gate}' ]; then echo >'${reached}'; read line <'${gate}'; fi; cat`);
  const killed = start(['layout', 'transform', 'contained', '--force']);
  await home.run('cat', [reached]);
  killed.signal('SIGKILL');
  await killed.ended;
  const taker = start(['eject']);
  await taker.says(/^warning: The git that it had started \(process \d+\) is still at work; waiting for its end$/m);
  await home.run('sh', ['-c', `exec 3>'${gate}'; rm '${gate}'; echo >&3`]);
  expect((await taker.ended).stderr).not.toContain('Could not take back');
  expect(hoard.exactState()).toEqual(before);
});

const app = (...path: string[]) => hoard.at('app', ...path);
const neither = (path: string) => `'${path}' is neither what the stash has nor what was committed`;
const incomparable = (path: string) => `'${path}' cannot be compared with what is in the stash`;

describe('nothing is touched where', () => {
  test.each<[string, () => void, string]>([
    ['an untracked file has other content', () => writeFileSync(app('untracked/deep/u'), 'edited\n'), neither('untracked/deep/u')],
    ['an untracked file has another mode', () => chmodSync(app('untracked/x.sh'), 0o644), neither('untracked/x.sh')],
    ['an untracked link leads elsewhere', () => [unlinkSync(app('untracked link')), symlinkSync('elsewhere', app('untracked link'))], neither('untracked link')],
    ['a tracked file has other content', () => writeFileSync(app('modified'), 'one\r\n'), neither('modified')],
    ['a tracked file has another mode', () => chmodSync(app('staged'), 0o755), neither('staged')],
    ['a file that was deleted has come again', () => writeFileSync(app('deleted, staged'), 'another\n'), neither('deleted, staged')],
    ['something else is staged', () => [writeFileSync(app('staged'), 'other\n'), hoard.must(app(), 'add', 'staged'), writeFileSync(app('staged'), 'staged main\n')], neither('staged')],
    ['the index hides a file', () => hoard.must(app(), 'update-index', '--skip-worktree', 'modified'), incomparable('modified')],
    ['a directory has taken the place of a file', () => [unlinkSync(app('modified')), writeFiles(app(), { 'modified/x.ignored': 'x\n' })], incomparable('modified')],
    ['a link has taken the place of a directory', () => [rmSync(app('untracked'), { recursive: true }), symlinkSync('one', app('untracked'))], incomparable('untracked/deep/u')],
    ['git has left a lock', () => writeFileSync(app('.git/index.lock'), ''), "remove '"],
  ])('%s', async (_name, change, reason) => {
    arrange([...tracked, ...untracked], { index: 'as staged' });
    change();
    const before = stateOf(hoard.exactState());
    const { stderr } = await takeBack();
    expect(stderr).toMatch(/warning: Could not take back a step \(stash of [^\n]*: the changes are kept as stash [0-9a-f]{12}: /);
    expect(stderr).toContain(reason);
    expect(stateOf(hoard.exactState())).toEqual(before);
    expect(hasJournal()).toBe(true);
  });

  test('a file has been changed while all were compared', async () => {
    arrange([...tracked, ...untracked], { index: 'reset' });
    const daft = start(['eject'], { DAFT_FAULT: 'transform: index reset:stop' });
    await expect.poll(() => readFileSync(`/proc/${daft.pid}/stat`, 'utf8').replace(/^.*\) /s, '')[0], { timeout: 20_000 }).toBe('T');
    for (const path of ['deleted', 'modified', 'untracked/deep/u', 'untracked/x.sh', 'one/untracked']) writeFiles(app(), { [path]: 'edited in this moment\n' });
    daft.signal('SIGCONT');
    expect(await daft.ended).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('has just been changed') });
    for (const path of ['deleted', 'modified', 'untracked/deep/u', 'untracked/x.sh', 'one/untracked']) expect(readFileSync(app(path), 'utf8'), path).toBe('edited in this moment\n');
    expect(hasJournal()).toBe(true);
  });
});
