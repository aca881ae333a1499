import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { waitFor } from '../support';
import { Screen } from '../output-hooks/screen';
import { playground, type Playground } from './support';

/** `two` is refused before it is made, `three` has a hook that fails, and `four` one that aborts. */
const daftYml = `hooks:
  worktree-pre-create:
    jobs:
      - name: guard
        run: echo "guarding $DAFT_BRANCH_NAME"; test "$DAFT_BRANCH_NAME" != two
  worktree-post-create:
    jobs:
      - name: install
        run: echo "$DAFT_BRANCH_NAME" >>"$DAFT_PROJECT_ROOT/log"; echo "installing $DAFT_BRANCH_NAME"; test "$DAFT_BRANCH_NAME" != three
`;
const branches = {
  main: { commits: [{ message: 'first', files: { 'daft.yml': daftYml } }] },
  two: { commits: [{ message: 'second', files: { two: '' } }] },
  three: { commits: [{ message: 'third', files: { three: '' } }] },
  four: { commits: [{ message: 'fourth', files: { four: '' } }] },
};
const all = ['-b', 'main', '-b', 'two', '-b', 'three', '-b', 'four'];

async function clone(repo: Playground, ...args: string[]) {
  return repo.daftWith({ cwd: repo.home.work, env: { DAFT_CD_FILE: '/dev/null' } }, 'clone', repo.remote.replace('app', 'shop'), '--layout', 'contained', '--trust-hooks', ...args);
}

/** `shop.git`, so that the clone does not meet the `app` that is there. */
async function openShop(plan: Parameters<typeof playground>[0] = branches): Promise<Playground> {
  const repo = await playground(plan);
  await repo.home.run('mv', [repo.remote, repo.remote.replace('app', 'shop')]);
  return repo;
}

/** What somebody in front of the terminal sees in the end. */
async function cloneOnTerminal(repo: Playground, args: readonly string[], env: Record<string, string> = {}): Promise<{ exitCode: number; lines: string[] }> {
  const url = repo.remote.replace('app', 'shop');
  const commandLine = ['daft', 'clone', url, '--layout', 'contained', '--trust-hooks', ...args].join(' ');
  const ran = await repo.home.onTerminal(commandLine, { columns: 120, cwd: repo.home.work, env: { DAFT_NO_HINTS: '1', NO_COLOR: '1', ...env } });
  const screen = new Screen(120, 30);
  screen.write(ran.stdout);
  return { exitCode: ran.exitCode, lines: screen.text().trimEnd().split('\n') };
}

describe('a clone of several branches', () => {
  test('tells in lines what happened, where it is not on a terminal; what fails does so for one branch', async () => {
    await using repo = await openShop();
    const ran = await clone(repo, ...all);
    expect(ran).toMatchObject({ exitCode: 0, stdout: "Cloned into 'shop/main'\n" });
    expect(ran.stderr).toContain("error: worktree-pre-create hook failed with exit code 1\nwarning: pre-create hook failed for 'two', skipping\n");
    expect(ran.stderr).toContain('warning: worktree-post-create hook failed with exit code 1 (continuing anyway)\n');
    expect(ran.stderr.trimEnd()).toMatch(/\nwarning: Created 3 of 4 worktrees \(1 failed\)$/);
    expect(ran.stderr).not.toContain('Status');
    expect(readdirSync(repo.at('shop')).toSorted()).toEqual(['.git', 'four', 'log', 'main', 'three']);
  });

  test('shows a table on a terminal, which stays, and what went wrong below it', async () => {
    await using repo = await openShop();
    const { exitCode, lines } = await cloneOnTerminal(repo, all);
    expect(exitCode).toBe(0);
    const age = String.raw`\d+s +\d+s`;
    const expected = [
      /^Status {9}Branch {3}Path {9}Base {3}Age {3}Commit$/,
      new RegExp(`^✓ created {6}main {5}shop/main {11}${age} first$`),
      /^✗ hook failed {2}two {6}shop\/two +— +— +—$/,
      new RegExp(String.raw`^✓ created ⚠ {4}three {4}shop/three {3}\+1 +${age} third$`),
      new RegExp(String.raw`^✓ created {6}four {5}shop/four {4}\+1 +${age} fourth$`),
      /^Hooks:$/,
      /^ {2}two: worktree-pre-create failed \(exit 1, \d+ms\)$/,
      /^ {4}guarding two$/,
      /^ {4}Job 'guard' failed \(exit code: 1\)$/,
      /^ {2}three: worktree-post-create warned \(exit 1, \d+ms\)$/,
      /^ {4}installing three$/,
      /^ {4}Job 'install' failed \(exit code: 1\)$/,
      /^Created 3 of 4 worktrees \(1 failed\)$/,
      /^ {2}two: pre-create hook failed for 'two', skipping$/,
      /^Cloned into 'shop\/main'$/,
    ];
    expect(lines).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
  });

  test('has the columns that are asked for, and with -v the jobs of hooks', async () => {
    await using repo = await openShop();
    const { lines } = await cloneOnTerminal(repo, ['-v', '--columns', '+owner,-age,-last-commit,+changes', '-b', 'main', '-b', 'four']);
    expect(lines.find((line) => line.startsWith('Status'))).toMatch(/^Status +Branch +Path +Base +Changes +Owner$/);
    expect(lines).toContainEqual(expect.stringMatching(/^✓ created {6}four {5}shop\/four {3}\+1 +Ada Lovelace$/));
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}├ pre-create ❯ guard {2}✓ \d+ms$/));
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}└ post-create ❯ install {2}✓ \d+ms$/));
    expect(lines).toContainEqual(expect.stringMatching(/^ inflight: 0 · elapsed: \d+\.\ds$/));
  });

  test('shows none to who wants lines, silence or a test', async () => {
    await using repo = await openShop();
    const ways: readonly [readonly string[], Record<string, string>, boolean][] = [
      [['-vv'], {}, true],
      [['-q'], {}, false],
      [[], { DAFT_NO_LIVE: '1' }, true],
      [[], { DAFT_TESTING: '1' }, false],
    ];
    for (const [args, env, showsHooks] of ways) {
      const { exitCode, lines } = await cloneOnTerminal(repo, [...args, '-b', 'main', '-b', 'two'], env);
      const text = lines.join('\n');
      expect({ exitCode, table: text.includes('Status'), hooks: text.includes('guarding two') }).toEqual({ exitCode: 0, table: false, hooks: showsHooks });
      expect(text).toContain("warning: pre-create hook failed for 'two', skipping\n");
      expect(text).toContain('warning: Created 1 of 2 worktrees (1 failed)');
      await repo.home.run('rm', ['-r', repo.at('shop')]);
    }
  });

  test('that is interrupted leaves the table as it is, and what has been made', async () => {
    const stubborn = { ...branches, main: { commits: [{ message: 'first', files: { 'daft.yml': 'hooks:\n  worktree-pre-create:\n    jobs:\n      - name: wait\n        run: touch $DAFT_PROJECT_ROOT/waiting; exec sleep 60\n' } }] } };
    await using repo = await openShop(stubborn);
    const command = `stty cols 120; exec daft clone ${repo.remote.replace('app', 'shop')} --layout contained --trust-hooks -b main -b two`;
    const running = repo.home.start('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], { cwd: repo.home.work, env: { DAFT_NO_HINTS: '1', NO_COLOR: '1', SHELL: '/bin/sh' } });
    await waitFor('the hook to run', () => existsSync(repo.at('shop/waiting')), { instead: () => running.stdout() });
    running.write('\u0003');
    const ran = await running.ended;
    expect(ran.exitCode).toBe(130);
    const screen = new Screen(120, 30);
    screen.write(ran.stdout.replaceAll('\r\n', '\n'));
    expect(screen.text().trimEnd().split('\n').slice(-2)).toEqual([
      expect.stringMatching(/^✓ created {6}main /),
      expect.stringMatching(/^✗ cancelled {4}two +shop\/two +— +— +—$/),
    ]);
    expect(readdirSync(repo.at('shop')).toSorted()).toEqual(['.git', 'main', 'waiting']);
  });

  test('one hook that aborts keeps its worktree, ends with 1, and does not keep the others from theirs', async () => {
    const aborting = { ...branches, main: { commits: [{ message: 'first', files: { 'daft.yml': daftYml.replace('worktree-post-create:\n', 'worktree-post-create:\n    fail_mode: abort\n') } }] } };
    await using repo = await openShop(aborting);
    const ran = await clone(repo, '-b', 'main', '-b', 'three', '-b', 'four', '-x', 'echo ran');
    expect(ran).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining(`worktree-post-create hook failed with exit code 1; the worktree was created and kept at '${repo.at('shop/three')}'`) });
    expect(readFileSync(repo.at('shop/log'), 'utf8')).toBe('main\nthree\nfour\n');
    expect(readdirSync(repo.at('shop')).toSorted()).toEqual(['.git', 'four', 'log', 'main', 'three']);
  });

  test('two branches for one place: the first has it, and the other is told', async () => {
    await using repo = await openShop({ main: branches.main, 'a-b': branches.three, 'a/b': branches.four });
    const flat = await repo.daftWith({ cwd: repo.home.work }, 'clone', repo.remote.replace('app', 'shop'), '--layout', 'contained-flat', '--no-hooks', '-b', 'a/b', '-b', 'a-b');
    expect(flat).toMatchObject({ exitCode: 0, stdout: "Cloned into 'shop/a-b'\n", stderr: expect.stringMatching(/^warning: Could not create worktree for branch 'a-b': .*\nwarning: Created 1 of 2 worktrees \(1 failed\)\n$/) });
    expect(await repo.worktrees(repo.at('shop/a-b'))).toEqual({ 'a/b': repo.at('shop/a-b') });
  });

  test('a layout that has no place for further branches does not lose the clone', async () => {
    await using repo = await openShop();
    const url = repo.remote.replace('app', 'shop');
    const ran = await repo.daftWith({ cwd: repo.home.work }, 'clone', url, '--layout', "{{ repo }}/.git/{{ branch }}", '-b', 'main', '-b', 'four');
    expect(ran).toMatchObject({ exitCode: 0, stdout: "Cloned into 'shop'\n", stderr: expect.stringContaining("warning: Could not create worktree for branch 'four': The layout places a worktree inside the git directory") });
    expect(existsSync(join(repo.home.work, 'shop/daft.yml'))).toBe(true);
  });

  test('columns that there are not are refused before anything else', async () => {
    await using repo = await openShop();
    mkdirSync(repo.at('in'));
    const ran = await repo.daftWith({ cwd: repo.at('in') }, 'clone', '/nowhere/at/all.git', '--columns=branch,nope');
    expect(ran).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringMatching(/^Error: unknown column 'nope'\n {2}valid columns: annotation, branch, /) });
    expect(readdirSync(repo.at('in'))).toEqual([]);
  });
});
