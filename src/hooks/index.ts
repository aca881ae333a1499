/** Resolves a hook of a repository, decides whether it may run, runs it and records it (hooks.md). */
export { hookNames } from './types';
export type { HeldBackReason, HookEvent, HookMode, HookName, HookResult, JobOutcome, ResolvedJob, SkippedJob } from './types';
import type { Directories, Environment, Settings } from '../config';
import type { Launcher } from '../coordinator/client';
import type { Git, Repository } from '../git';
import type { Invocation, Store } from '../logstore';
import type { HookEvent, HookMode, HookName, HookResult, ResolvedJob, SkippedJob } from './types';

/** One firing as its command knows it; becomes the variables of hooks.md 3. */
export interface Firing {
  hook: HookName;
  /** DAFT_COMMAND, hooks.md 2.1. */
  command: 'clone' | 'checkout' | 'branch-delete' | 'prune' | 'eject' | 'rename' | 'layout-transform' | 'adopt' | 'hooks-run';
  /** Of the target worktree. */
  repository: Repository;
  sourceWorktree: string;
  targetWorktree: string;
  branch: string;
  /** Branch, or directory name of a branchless worktree. */
  worktreeLabel: string;
  isNewBranch: boolean;
  baseBranch?: string | undefined;
  repositoryUrl?: string | undefined;
  defaultBranch?: string | undefined;
  removalReason?: 'manual' | 'remote-deleted' | 'ejecting' | undefined;
  move?: { oldPath: string; oldBranch: string; changed: ReadonlySet<'path' | 'branch'> } | undefined;
}

/** What firing a hook needs from its surroundings; one per command, shared by all its firings. */
export interface HookServices {
  git: Git;
  settings: Settings;
  directories: Directories;
  env: Environment;
  now: () => Date;
  launcher: Launcher;
  /** Aborted by Ctrl-C: running jobs are terminated, the background part is held back. */
  signal: AbortSignal;
  tell: (event: HookEvent) => void;
  /** `-v` of the command. */
  verbose: boolean;
  /** Spelling of the program in hints: `daft` or `git daft`. */
  exe: string;
  /** Asks on the terminal; undefined where nobody can be asked. */
  confirm: ((question: string) => Promise<boolean>) | undefined;
  /** Device of stderr if that is a terminal, for failure notices of background jobs. */
  stderrTty: string | null;
  /** Collects the once-per-command notice of untrusted hooks (hooks.md 14.3). */
  notices: UntrustedNotices;
}

/** What is told once per command, however many hooks fire in it. */
export interface UntrustedNotices {
  add(notice: { hook: HookName; kind: 'yaml' | 'scripts'; names: readonly string[]; branch: string }): void;
  /** True for the first caller with this key: warnings that would come with every hook. */
  first(key: string): boolean;
}

/** Fires one hook, trust gate included; never throws for what a hook does. */
export declare function fireHook(firing: Firing, services: HookServices): Promise<HookResult>;

/**
 * Runs resolved jobs as one invocation: foreground part, hold-backs, dispatch of the background part or inline mode
 * (jobs.md 5). Used by `fireHook` and by `daft hooks jobs retry`. `store` and `invocation` are null where history cannot
 * be recorded: then everything runs inline.
 */
export declare function runJobs(
  jobs: readonly ResolvedJob[],
  options: {
    hook: string;
    mode: HookMode;
    store: Store | null;
    invocation: Invocation | null;
    services: HookServices;
    /** Jobs that conditions took out: already recorded, told before the first job starts. */
    skipped?: readonly SkippedJob[];
  },
): Promise<{ failed: boolean; firstExitCode: number; stderr: string; interrupted: boolean; foregroundCount: number; dispatchedCount: number }>;
