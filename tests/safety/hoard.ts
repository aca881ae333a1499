/** Repositories in which every worktree has something of every kind that is not committed, each built once and then put back. */

import { chmodSync, cpSync, existsSync, mkdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exactState, gitIn, inventory, type ExactState, type GitCall, type Inventory } from '../chaos/treasure.mjs';
import { writeFiles, type Ran, type RunOptions, type TemporaryHome } from '../support';

/** `regular` is an ordinary clone with worktrees beside it, `container` a bare repository with all worktrees inside. */
export type Shape = 'regular' | 'container';
export type Contents = 'files' | 'submodule';

export interface Hoard {
  home: TemporaryHome;
  /** Path below the directory that has the repository. */
  at(...parts: string[]): string;
  /** Puts all of it back into its first state. */
  restore(): void;
  git: GitCall;
  /** Like `git`, and must succeed. */
  must(cwd: string, ...args: string[]): string;
  daft(cwd: string, args: readonly string[], options?: RunOptions): Promise<Ran>;
  inventory(): Inventory;
  exactState(): ExactState;
}

/** The branches: `main` and `one` have changes, `two` and `three` none; `four` has no worktree. */
export const places: Readonly<Record<Shape, Readonly<Record<'main' | 'one' | 'two' | 'three', string>>>> = {
  regular: { main: 'app', one: 'app.one', two: 'app.two', three: 'app.three' },
  container: { main: 'app/main', one: 'app/one', two: 'app/two', three: 'app/three' },
};

/** Makes one in `home`; there may be several of them, one at a time in place. */
export function buildHoard(home: TemporaryHome, shape: Shape, contents: Contents): Hoard {
  const env = { ...home.env, DAFT_CONFIG_DIR: join(home.root, 'config'), DAFT_DATA_DIR: join(home.root, 'data'), DAFT_NO_HINTS: '1' };
  const git = gitIn(env);
  const must: Hoard['must'] = (cwd, ...args) => {
    const { status, out, complaint } = git(cwd, ...args);
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${complaint}`);
    return out;
  };
  const at = (...parts: string[]) => join(home.root, 'w', ...parts);
  const kept = join(home.root, 'kept', `${shape}-${contents}`);
  /** In the classic layouts the git directory is that of the main working tree. */
  const commonDir = () => [at('app/.git'), at('app/main/.git')].find((path) => existsSync(join(path, 'objects'))) ?? at('app/.git');
  clear();
  build();
  for (const part of ['w', 'remotes']) cpSync(join(home.root, part), join(kept, part), { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });

  return {
    home,
    at,
    git,
    must,
    restore() {
      clear();
      for (const part of ['w', 'remotes']) cpSync(join(kept, part), join(home.root, part), { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    },
    daft: (cwd, args, options = {}) => home.daft(args, { cwd, ...options, env: { ...env, ...options.env } }),
    inventory: () => inventory(commonDir(), git),
    exactState: () => exactState(home.root, commonDir(), git),
  };

  function clear(): void {
    for (const part of ['w', 'remotes', 'config', 'data']) rmSync(join(home.root, part), { recursive: true, force: true });
  }

  function build(): void {
    const remote = join(home.root, 'remotes/app.git');
    const scratch = join(home.root, 'tmp/scratch');
    rmSync(scratch, { recursive: true, force: true });
    mkdirSync(join(home.root, 'w'), { recursive: true });
    must(home.root, 'init', '--quiet', '--bare', '--initial-branch=main', remote);
    must(home.root, 'init', '--quiet', '--initial-branch=main', scratch);
    writeFiles(scratch, committed);
    symlinkSync('kept', join(scratch, 'link'));
    if (contents === 'submodule') addSubmodules(scratch);
    must(scratch, 'add', '.');
    must(scratch, 'commit', '--quiet', '--message=first');
    for (const branch of ['one', 'two', 'three', 'four']) must(scratch, 'branch', branch);
    must(scratch, 'push', '--quiet', remote, '--all');

    if (shape === 'regular') must(at(), 'clone', '--quiet', remote, 'app');
    else {
      must(at(), 'clone', '--quiet', '--bare', remote, 'app/.git');
      must(at('app'), 'config', 'remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*');
      must(at('app'), 'fetch', '--quiet', 'origin');
      must(at('app'), 'worktree', 'add', '--quiet', at('app/main'), 'main');
    }
    const repository = at(places[shape].main);
    for (const branch of ['one', 'two', 'three'] as const) must(repository, 'worktree', 'add', '--quiet', '--force', ...(shape === 'regular' ? ['-b', branch] : []), at(places[shape][branch]), ...(shape === 'regular' ? [`origin/${branch}`] : [branch]));
    for (const branch of ['main', 'one'] as const) {
      const worktree = at(places[shape][branch]);
      writeFiles(worktree, { kept: `stashed in ${branch}\n`, 'stashed untracked': 's\n' });
      must(worktree, 'stash', 'push', '--quiet', '--include-untracked', `--message=of ${branch}`);
      if (contents === 'submodule') disturbSubmodules(worktree, branch);
      disturb(worktree, branch, (...args) => must(worktree, ...args));
    }
  }

  function addSubmodules(scratch: string): void {
    const [inner, outer] = [join(home.root, 'remotes/inner'), join(home.root, 'remotes/outer')];
    for (const path of [inner, outer]) {
      must(home.root, 'init', '--quiet', '--initial-branch=main', path);
      writeFiles(path, { s: 's\n', t: 't\n' });
      must(path, 'add', '.');
      must(path, 'commit', '--quiet', '--message=sub');
    }
    must(outer, 'submodule', '--quiet', 'add', inner, 'deep/inner');
    must(outer, 'commit', '--quiet', '--message=inner');
    must(scratch, 'submodule', '--quiet', 'add', outer, 'libs/outer');
    must(scratch, 'submodule', '--quiet', 'add', inner, 'libs/absent');
  }

  /** One is never initialised; the other has another one inside, and both of these have changes, commits and a stash of their own. */
  function disturbSubmodules(worktree: string, mark: string): void {
    must(worktree, 'submodule', '--quiet', 'update', '--init', '--recursive', 'libs/outer');
    for (const path of ['libs/outer/deep/inner', 'libs/outer']) {
      const sub = join(worktree, path);
      must(sub, 'checkout', '--quiet', '-b', `work-${mark}`);
      writeFiles(sub, { s: `stashed ${mark}\n` });
      must(sub, 'stash', 'push', '--quiet');
      writeFiles(sub, { t: `committed ${mark}\n` });
      must(sub, 'commit', '--quiet', '--message=of its own', 't');
      writeFiles(sub, { s: `staged ${mark}\n`, 'untracked/u': `${mark}\n` });
      must(sub, 'add', 's');
      writeFiles(sub, { s: `staged, then modified ${mark}\n` });
    }
  }
}

const committed = {
  kept: 'kept\n',
  modified: 'one\ntwo\nthree\n',
  staged: 'one\n',
  'staged-then-modified': 'one\n',
  deleted: 'd\n',
  'deleted, staged': 'd\n',
  'dir/renamed': 'r\nr\nr\n',
  'run.sh': '#!/bin/sh\n',
  'main/named like a branch': 'm\n',
  'one/named like a branch': 'o\n',
  '.gitignore': '*.ignored\nbuild/\n',
};

/** Changes of each kind that git can put into a stash. */
function disturb(worktree: string, mark: string, git: (...args: string[]) => void): void {
  const path = (name: string) => join(worktree, name);
  writeFiles(worktree, { modified: `one\n${mark}\nthree\n`, staged: `staged ${mark}\n`, 'staged-then-modified': `staged ${mark}\n`, 'staged and new': `${mark}\n` });
  git('add', 'staged', 'staged-then-modified', 'staged and new');
  writeFiles(worktree, { 'staged-then-modified': `modified ${mark}\n`, 'staged and new': `modified ${mark}\n` });
  unlinkSync(path('deleted'));
  git('rm', '--quiet', 'deleted, staged');
  git('mv', 'dir/renamed', 'dir/under another name');
  chmodSync(path('run.sh'), 0o755);
  unlinkSync(path('link'));
  symlinkSync(`nowhere-${mark}`, path('link'));
  symlinkSync(`untracked-${mark}`, path('untracked link'));
  writeFiles(worktree, { 'untracked/deep/u': `${mark}\n`, 'untracked/x.sh': `${mark}\n`, 'one/untracked': `${mark}\n`, 'at-top.ignored': `${mark}\n`, 'build/deep/out': `${mark}\n`, 'untracked/y.ignored': `${mark}\n` }, ['untracked/x.sh']);
  for (const name of ['two\nlines', 'a "quote" and \\', '-rf', 'naïve-Ünïcödé-日本', ' blanks ', '*?[x]', ':(top)']) writeFileSync(path(name), `${mark}\n`);
  writeFileSync(path('binary'), Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256)));
}

/** A file that is only meant to be added: git cannot stash that. */
export function intendToAdd(hoard: Hoard, worktree: string): void {
  writeFiles(worktree, { intended: 'i\n' });
  hoard.must(worktree, 'add', '--intent-to-add', 'intended');
}
