import type { Directories, Environment, Settings } from '../config';
import type { Launcher } from '../coordinator/client';
import type { Git } from '../git';
import type { HookEvent, HookName } from './types';

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
  /** Resolves when what was told has been shown; undefined where there is nothing to wait for. */
  caughtUp: () => Promise<void> | undefined;
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
