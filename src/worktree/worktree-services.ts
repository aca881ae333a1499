import type { Directories, Environment, Settings } from '../config';
import type { Git } from '../git';
import type { Firing, HookResult } from '../hooks';

/** What the operations on worktrees need of their surroundings; one per command. */
export interface WorktreeServices {
  git: Git;
  settings: Settings;
  directories: Directories;
  env: Environment;
  /** Where the command was started; may be outside any worktree. */
  cwd: string;
  now: () => Date;
  /** Aborted by Ctrl-C: what was half done is taken back before the command ends. */
  signal: AbortSignal;
  /** Spelling of the program in hints. */
  exe: string;
  narrator: Narrator;
  /** Tells its failures itself. Fires nothing where hooks are switched off on the command line. */
  fireHook: (firing: Firing) => Promise<HookResult>;
}

/** What an operation says by the way; how it looks is the listener's affair. */
export interface Narrator {
  step: (text: string) => void;
  info: (text: string) => void;
  warning: (text: string) => void;
}
