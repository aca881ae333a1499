// A repository full of things that must not get lost, and an inventory of them.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Runs git, which must succeed unless `allowed` says otherwise. */
export function gitIn(env) {
  return (cwd, ...args) => {
    const ran = spawnSync('git', ['-c', 'protocol.file.allow=always', ...args], { cwd, env, encoding: 'utf8', maxBuffer: 2 ** 28 });
    if (ran.error) throw ran.error;
    return { status: ran.status, out: ran.stdout, complaint: ran.stderr };
  };
}

/** Branches besides that of the main working tree; two are named like directories of the tree, and one like its place. */
const branches = ['test', 'feature/x', 'docs', 'dev', 'feature/deep/y'];

/**
 * Builds a repository at `root/w/app` in the sibling layout, in a state that chance decides.
 *
 * @returns what is peculiar about it
 */
export function buildTreasure(root, git, random, { submodule = false } = {}) {
  const app = join(root, 'w/app');
  const must = (cwd, ...args) => {
    const { status, out, complaint } = git(cwd, ...args);
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${complaint}`);
    return out;
  };
  const main = random.pick(['main', 'trunk/one']);
  mkdirSync(app, { recursive: true });
  must(app, 'init', '--quiet', `--initial-branch=${main}`);
  write(app, { 'a.txt': 'a\n', 'test/t': 't\n', 'test/a/deep': 'deep\n', 'docs/d': 'd\n', 'main/inner': 'm\n', 'feature/file': 'f\n', 'trunk/one/x': 'x\n', 'run.sh': '#!/bin/sh\n', '.gitignore': 'ignored\n*.o\n' });
  spawnSync('chmod', ['755', join(app, 'run.sh')]);
  symlinkSync('test/t', join(app, 'link'));
  must(app, 'add', '.');
  must(app, 'commit', '--quiet', '--message=one');
  write(app, { 'a.txt': 'a\nb\n' });
  must(app, 'commit', '--quiet', '--all', '--message=two');
  if (submodule) {
    const sub = join(root, 'sub');
    mkdirSync(sub);
    must(sub, 'init', '--quiet');
    write(sub, { s: 's\n' });
    must(sub, 'add', '.');
    must(sub, 'commit', '--quiet', '--message=sub');
    must(app, 'submodule', '--quiet', 'add', sub, 'libs/sub');
    must(app, 'commit', '--quiet', '--message=submodule');
  }

  const facts = { app, main, worktrees: [], locked: false, submodule };
  const chosen = branches.filter(() => random.chance(submodule ? 0.15 : 0.7));
  for (const branch of chosen) {
    const path = join(root, 'w', `app.${branch.replaceAll('/', '-')}`);
    must(app, 'worktree', 'add', '--quiet', '-b', branch, path);
    facts.worktrees.push(path);
  }
  if (random.chance(0.5)) {
    const path = join(root, 'w/apart');
    must(app, 'worktree', 'add', '--quiet', '--detach', path, 'HEAD~1');
  }
  if (random.chance(0.3)) {
    // Among the files of the main working tree, in a directory of its own files.
    must(app, 'worktree', 'add', '--quiet', '--detach', join(app, 'docs/inside'));
    write(app, { '.git/info/exclude': 'docs/inside\n' });
  }
  if (random.chance(0.4)) {
    write(app, { 'a.txt': 'stashed before\n' });
    must(app, 'stash', 'push', '--quiet', '--message=mine');
  }
  for (const path of [app, ...facts.worktrees]) disturb(path, must, random);
  const [rebasing] = facts.worktrees;
  if (rebasing && random.chance(0.5)) rebase(rebasing, git, random);
  const [, second] = facts.worktrees;
  if (second && random.chance(0.3)) {
    must(app, 'worktree', 'lock', '--reason', 'on a stick', second);
    facts.locked = true;
  }
  return facts;
}

/** Leaves uncommitted things of every kind in a worktree, as chance has it. */
export function disturb(path, git, random) {
  if (random.chance(0.4)) write(path, { 'a.txt': 'modified\n' });
  if (random.chance(0.4)) {
    write(path, { 'staged.txt': 'staged\n' });
    git(path, 'add', 'staged.txt');
    if (random.chance(0.5)) write(path, { 'staged.txt': 'staged, then modified\n' });
  }
  if (random.chance(0.4)) write(path, { 'untracked/u': 'u\n', 'test/untracked': 'u\n' });
  if (random.chance(0.5)) write(path, { ignored: 'ignored\n', 'test/x.o': 'o\n' });
  if (random.chance(0.2)) rmSync(join(path, 'docs/d'));
  if (random.chance(0.2)) git(path, 'mv', 'feature/file', 'feature/renamed');
}

/** Stops a rebase half-way: with a conflict, or between two commits. */
function rebase(path, git, random) {
  const quietly = (...args) => git(path, '-c', 'core.editor=true', ...args);
  if (quietly('reset', '--quiet', '--hard').status !== 0) return;
  quietly('clean', '-fdq');
  write(path, { 'a.txt': 'theirs\n' });
  quietly('commit', '--quiet', '--all', '--message=theirs');
  if (random.chance(0.5)) {
    write(path, { 'b.txt': 'b\n' });
    quietly('add', '.');
    quietly('commit', '--quiet', '--message=more');
    quietly('-c', 'sequence.editor=sed -i 1s/pick/edit/', 'rebase', '--interactive', 'HEAD~2');
  } else {
    quietly('checkout', '--quiet', '-b', `base-${Date.now()}-${random.below(1e9)}`, 'HEAD~2');
    write(path, { 'a.txt': 'ours\n' });
    quietly('commit', '--quiet', '--all', '--message=ours');
    const base = git(path, 'rev-parse', 'HEAD').out.trim();
    quietly('checkout', '--quiet', '-');
    quietly('rebase', base);
  }
}

function write(directory, files) {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
}

/**
 * Everything of the user's, each worktree by its branch: the same wherever it lies.
 *
 * @param options.inSight the directory of the worktrees may be in sight of the main working tree: it could not be ignored
 */
export function inventory(commonDir, git, { inSight = false } = {}) {
  const list = worktreesOf(commonDir, git);
  const ask = (cwd, ...args) => git(cwd, ...args).out;
  return {
    worktrees: Object.fromEntries(
      list.map(({ name, path }) => [
        name,
        {
          files: listing(path, list.map((other) => other.path).filter((other) => other !== path)),
          status: ask(path, 'status', '--porcelain=v2', '--ignored').split('\n').filter((line) => !line.endsWith(' .gitignore') && !holdsWorktrees(line, { path, list, inSight })),
          index: ask(path, 'ls-files', '--stage', '-v').split('\n').filter((line) => !line.endsWith('\t.gitignore')),
          operation: ask(path, 'status', '--long').split('\n').filter((line) => /rebas|merg/.test(line)),
          head: ask(path, 'rev-parse', 'HEAD'),
          reflog: ask(path, 'reflog', '--format=%H %gs', 'HEAD').split('\n').filter((line) => !/ (reset: moving to HEAD)?$/.test(line)),
          submodules: hasSubmodules(path) ? ask(path, 'submodule', 'status', '--recursive') : '',
          insideSubmodules: hasSubmodules(path) ? ask(path, 'submodule', 'foreach', '--quiet', '--recursive', stateOfSubmodule) : '',
        },
      ]),
    ),
    // Not 'stash list', which wants a working tree.
    stashes: ask(commonDir, 'log', '--walk-reflogs', '--format=%H %gs', 'refs/stash', '--'),
    branches: ask(commonDir, 'for-each-ref', '--format=%(refname) %(objectname)'),
    config: ask(commonDir, 'config', '--local', '--list').split('\n').filter((line) => !line.startsWith('core.bare=')),
    locks: list.map(({ name, lock }) => [name, lock]),
  };
}

function hasSubmodules(worktree) {
  return read(join(worktree, '.gitmodules')) !== undefined;
}

/** What somebody may have in a submodule: where it is, what is not committed there, branches and stashes. */
const stateOfSubmodule = [
  'echo "$displaypath $(git rev-parse --symbolic-full-name HEAD) $(git rev-parse HEAD)"',
  'git status --porcelain=v2 --ignored',
  'git ls-files --stage -v',
  'git for-each-ref --format="%(refname) %(objectname)"',
  'git stash list --format="%H %gs"',
].join(' && ');

/** An ignored directory, or the folder of a remote, in the status of one worktree that is there for the sake of others. */
function holdsWorktrees(line, { path, list, inSight }) {
  const pattern = inSight ? /^[!?] .+\/$/ : /^(?:! .+|\? (?:fork|origin))\/$/;
  const directory = pattern.exec(line)?.[0].slice(2, -1);
  return directory !== undefined && list.some((other) => `${other.path}/`.startsWith(join(path, directory, '/')));
}

/** Where everything is, besides: what a transform that did not happen has left as it was. */
export function exactState(root, commonDir, git) {
  return {
    ...inventory(commonDir, git),
    everything: listing(join(root, 'w'), []).filter((line) => !/ \S*\.git(\/|$)/.test(line)),
    elsewhere: listing(join(root, 'data'), []),
    git: listing(commonDir, []).filter((line) => /^\S+ \S+ (HEAD|worktrees\/[^/]+\/(HEAD|gitdir|commondir|locked)|config|MERGE_MSG|modules\/\S+\/config)$/.test(line)),
    links: worktreesOf(commonDir, git).map(({ path }) => [path, read(join(path, '.git'))]),
    bare: git(commonDir, 'config', 'core.bare').out,
    leftovers: listing(commonDir, []).filter((line) => / \.daft\/transform/.test(line)),
    repositories: read(join(root, 'config/repos.json')),
  };
}

export function worktreesOf(commonDir, git) {
  const { status, out, complaint } = git(commonDir, 'worktree', 'list', '--porcelain');
  if (status !== 0) throw new Error(complaint);
  return out
    .split('\n\n')
    .map((stanza) => Object.fromEntries(stanza.split('\n').map((line) => line.split(/ (.*)/s, 2))))
    .filter((stanza) => stanza.worktree !== undefined && !('bare' in stanza))
    .map(({ worktree, branch, HEAD, locked }) => ({ path: worktree, lock: locked, name: branch ?? rebasedBranch(worktree, git) ?? `${HEAD} in ${worktree}` }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function rebasedBranch(worktree, git) {
  const gitDir = git(worktree, 'rev-parse', '--absolute-git-dir').out.trim();
  return read(join(gitDir, 'rebase-merge/head-name'))?.trim();
}

/** One line for everything below a directory: kind and mode, content, path. What git and daft keep is not the user's. */
function listing(directory, exceptions) {
  const lines = [];
  const walk = (path) => {
    for (const name of readdirIfThere(path)) {
      const entry = join(path, name);
      const place = relative(directory, entry);
      if (exceptions.includes(entry) || place === '.git' || place === '.gitignore') continue;
      const found = lstatSync(entry);
      if (name === '.git' && found.isFile()) continue; // of a submodule: the way to its git directory
      const kind = found.mode.toString(8);
      if (found.isDirectory()) {
        const before = lines.length;
        walk(entry);
        // git knows no empty directories, and its stash loses them.
        if (lines.length > before) lines.push(`${kind} - ${place}`);
      } else {
        const content = found.isSymbolicLink() ? readlinkSync(entry) : readFileSync(entry);
        lines.push(`${kind} ${createHash('sha1').update(content).digest('hex')} ${place}`);
      }
    }
  };
  walk(directory);
  return lines.toSorted((one, other) => (one < other ? -1 : 1));
}

function readdirIfThere(path) {
  try {
    return readdirSync(path);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'EISDIR' || error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}
