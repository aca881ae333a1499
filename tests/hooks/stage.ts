/** A worktree whose hooks are fired in this process, by real git and real jobs, with all events kept. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSettings, readDirectories } from '../../src/config';
import { createGit, findRepository, readConfigList } from '../../src/git';
import { fireHook } from '../../src/hooks';
import type { HookEvent, HookName, HookResult, HookServices } from '../../src/hooks';
import type { Firing } from '../../src/hooks';
import { grantTrust } from '../../src/hooks';
import { readRecords, temporaryHome, writeFiles } from '../support';
import type { StoredJob, TemporaryHome } from '../support';

export interface Stage extends AsyncDisposable {
  home: TemporaryHome;
  /** The worktree. */
  path: string;
  events: HookEvent[];
  notices: { hook: HookName; kind: string; names: readonly string[]; branch: string }[];
  controller: AbortController;
  /** Writes files into the worktree without committing them. */
  write(files: Record<string, string>, executable?: readonly string[]): void;
  commit(files: Record<string, string>): Promise<void>;
  git(...args: string[]): Promise<string>;
  /** Changes what the next firings get. */
  services: Partial<HookServices>;
  trust(level: 'allow' | 'prompt' | 'deny'): Promise<void>;
  /** Trusts what will be a repository under this common dir. */
  trustAs(commonDir: string): Promise<void>;
  currentServices(): Promise<HookServices>;
  fire(hook?: HookName, firing?: Partial<Firing>): Promise<HookResult>;
  records(): StoredJob[];
  warnings(): string[];
  /** Text that a job has printed. */
  output(job: string): string;
}

export async function openStage(files: Record<string, string> = {}): Promise<Stage> {
  const home = await temporaryHome();
  const path = join(home.work, 'repo');
  await home.git(home.work, 'init', '--quiet', '--initial-branch=main', path);
  writeFiles(path, { 'README.md': 'a repository\n', ...files });
  await home.git(path, 'add', '--all');
  await home.git(path, 'commit', '--quiet', '-m', 'first');
  appendFileSync(join(path, '.git/info/exclude'), 'daft.yml\n');

  const git = createGit(home.env);
  const directories = readDirectories(home.env);
  const told = new Set<string>();
  const book = { git, configDir: directories.config, remote: 'origin', now: () => new Date(), warn: () => {} };
  const stage: Stage = {
    home,
    path,
    events: [],
    notices: [],
    controller: new AbortController(),
    services: {},
    write: (given, executable) => writeFiles(path, given, executable),
    async commit(given) {
      writeFiles(path, given);
      await home.git(path, 'add', '--all', '--force');
      await home.git(path, 'commit', '--quiet', '-m', 'more');
    },
    git: (...args) => home.git(path, ...args),
    async trust(level) {
      await grantTrust(book, join(path, '.git'), level);
    },
    async trustAs(commonDir) {
      await grantTrust(book, commonDir, 'allow');
    },
    async fire(hook = 'worktree-post-create', firing = {}) {
      const repository = await findRepository(git, path);
      if (repository === undefined) throw new Error('no repository');
      return fireHook(
        {
          hook,
          command: 'checkout',
          repository,
          sourceWorktree: path,
          targetWorktree: path,
          branch: 'main',
          worktreeLabel: 'main',
          isNewBranch: false,
          ...firing,
        },
        await stage.currentServices(),
      );
    },
    currentServices: async () => ({
      git,
      settings: parseSettings(await readConfigList(git, path)),
      directories,
      env: home.env,
      now: () => new Date(),
      // A node that is none: whatever is dispatched must come back and run inline.
      launcher: { node: join(home.root, 'no-node'), script: '', env: home.env },
      signal: stage.controller.signal,
      // What was printed lies in a buffer that is used again.
      tell: (event) => stage.events.push(event.type === 'job-printed' ? { ...event, chunk: Buffer.from(event.chunk) } : event),
      verbose: false,
      exe: 'daft',
      confirm: undefined,
      caughtUp: () => undefined,
      stderrTty: null,
      notices: {
        add: (notice) => stage.notices.push(notice),
        first(key) {
          const isFirst = !told.has(key);
          told.add(key);
          return isFirst;
        },
      },
      ...stage.services,
    }),
    records: () => readRecords(home.state),
    warnings: () => stage.events.flatMap((event) => (event.type === 'warning' || event.type === 'note' ? [event.text] : [])),
    output: (job) =>
      Buffer.concat(stage.events.flatMap((event) => (event.type === 'job-printed' && event.job === job ? [event.chunk] : []))).toString(),
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  };
  return stage;
}

/** A stage whose repository is trusted, with these hooks in its daft.yml. */
export async function openTrustedStage(yaml: string): Promise<Stage> {
  const stage = await openStage();
  stage.write({ 'daft.yml': yaml });
  await stage.trust('allow');
  return stage;
}
