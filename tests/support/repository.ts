/** Repositories for tests: real ones, built by git, with a remote, commits, branches and a daft.yml. */

import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { temporaryHome, type TemporaryHome } from './home';
import type { Ran, RunOptions } from './run';
import { openTheatre, type Puppet } from './puppets';
import { readRecords, type StoredJob } from './records';

/** Content by path relative to the root of the repository. */
export type Files = Readonly<Record<string, string>>;

export interface BranchPlan {
  /** Where it starts; default: the first branch, and for that one nothing. */
  from?: string;
  /** One commit each, in order. */
  commits: readonly { message: string; files: Files; executable?: readonly string[] }[];
}

/** Bare repositories as git has built them, by their plans: most tests want the same one, and git needs ten processes for it. */
const built = new Map<string, readonly Entry[]>();

/**
 * Makes a bare repository at `path`, to be cloned from, whose HEAD names the first branch. An empty plan makes an empty
 * repository.
 */
export async function buildRemote(home: TemporaryHome, path: string, branches: Readonly<Record<string, BranchPlan>>): Promise<void> {
  const plan = JSON.stringify(branches);
  const known = built.get(plan);
  if (known !== undefined) return putInPlace(path, known);
  await build(home, path, branches);
  built.set(plan, readEntries(path));
}

interface Entry {
  /** Below the repository. */
  path: string;
  mode: number;
  /** Undefined for a directory. */
  content: Buffer | undefined;
}

/** A directory is before what it holds. */
function readEntries(directory: string): Entry[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .map((entry): Entry => {
      const path = join(entry.parentPath, entry.name);
      return { path: relative(directory, path), mode: statSync(path).mode, content: entry.isDirectory() ? undefined : readFileSync(path) };
    })
    .toSorted((one, other) => one.path.length - other.path.length);
}

function putInPlace(directory: string, entries: readonly Entry[]): void {
  mkdirSync(directory, { recursive: true });
  for (const { path, mode, content } of entries) {
    if (content === undefined) mkdirSync(join(directory, path));
    else writeFileSync(join(directory, path), content, { mode });
  }
}

async function build(home: TemporaryHome, path: string, branches: Readonly<Record<string, BranchPlan>>): Promise<void> {
  const names = Object.keys(branches);
  const first = names[0] ?? 'main';
  await home.git(home.root, 'init', '--quiet', '--bare', `--initial-branch=${first}`, path);
  if (names.length === 0) return;
  const scratch = join(home.root, 'tmp', `building-${basename(path)}`);
  await home.git(home.root, 'init', '--quiet', `--initial-branch=${first}`, scratch);
  await home.git(scratch, 'remote', 'add', 'origin', path);
  for (const name of names) {
    const plan = branches[name];
    if (plan === undefined) continue;
    if (name !== first) await home.git(scratch, 'checkout', '--quiet', '-b', name, plan.from ?? first);
    for (const commit of plan.commits) {
      writeFiles(scratch, commit.files, commit.executable);
      await home.git(scratch, 'add', '--all');
      await home.git(scratch, 'commit', '--quiet', '--allow-empty', '-m', commit.message);
    }
    await home.git(scratch, 'push', '--quiet', 'origin', name);
  }
}

/** Writes files below `directory`, parents included. */
export function writeFiles(directory: string, files: Files, executable: readonly string[] = []): void {
  for (const [path, content] of Object.entries(files)) {
    const target = join(directory, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content, { mode: executable.includes(path) ? 0o755 : 0o644 });
  }
}

export interface TemporaryRepository extends AsyncDisposable {
  readonly home: TemporaryHome;
  /** A worktree of an ordinary clone on branch `main`, with `origin` to pull from; the default working directory. */
  readonly path: string;
  readonly remote: string;
  daft(...args: string[]): Promise<Ran>;
  daftWith(options: RunOptions, ...args: string[]): Promise<Ran>;
  git(...args: string[]): Promise<string>;
  /** Replaces the daft.yml of the worktree, uncommitted. */
  configure(yaml: string): void;
  /**
   * Adds a job to `worktree-post-create` in the worktree's daft.yml: it says what it does, and does what the test says.
   * Extra fields are written into the job as they are.
   */
  puppet(name: string, fields?: Readonly<Record<string, unknown>>): Promise<Puppet>;
  /** The job records of the repository, as they lie on disk. */
  records(): StoredJob[];
}

export async function temporaryRepository(
  options: { branches?: Readonly<Record<string, BranchPlan>>; hook?: Readonly<Record<string, unknown>> } = {},
): Promise<TemporaryRepository> {
  const home = await temporaryHome();
  const theatre = await openTheatre(home.root);
  const remote = join(home.root, 'remotes', 'app.git');
  const path = join(home.work, 'app');
  try {
    await buildRemote(home, remote, options.branches ?? { main: { commits: [{ message: 'first', files: { 'README.md': 'app\n' } }] } });
    await home.git(home.work, 'clone', '--quiet', remote, path);
  } catch (error) {
    await theatre[Symbol.asyncDispose]();
    await home[Symbol.asyncDispose]();
    throw error;
  }
  const jobs: Record<string, unknown>[] = [];
  const repository: TemporaryRepository = {
    home,
    path,
    remote,
    daft: (...args) => home.daft(args, { cwd: path }),
    daftWith: (given, ...args) => home.daft(args, { cwd: path, ...given }),
    git: (...args) => home.git(path, ...args),
    configure: (yaml) => writeFileSync(join(path, 'daft.yml'), yaml),
    async puppet(name, fields = {}) {
      jobs.push({ name, run: theatre.commandFor(name), ...fields });
      // JSON is YAML: no quoting rules to get wrong.
      repository.configure(JSON.stringify({ hooks: { 'worktree-post-create': { ...options.hook, jobs } } }, null, 2));
      return theatre.puppet(name);
    },
    records: () => readRecords(home.state),
    async [Symbol.asyncDispose]() {
      await theatre[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    },
  };
  appendFileSync(join(path, '.git/info/exclude'), 'daft.yml\n'); // a puppet's job is no change of the user's
  return repository;
}
