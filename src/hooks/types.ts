import type { ProcessIdentity } from '../process';

export { hookNames } from '../config';
export type { HookName } from '../config';

/** A job of one firing after merge, filters, conditions and templates: all that is needed to run and record it. */
export interface ResolvedJob {
  /** Unique within the hook (`-2`, `-3` appended to later holders of a name). */
  name: string;
  description: string | null;
  /** As it goes to `sh -c`. */
  command: string;
  workingDir: string;
  /** Hook variables and the job's own `env` (which wins); never the inherited environment. */
  env: Readonly<Record<string, string>>;
  /** Unique names within this firing; removed jobs count as satisfied and are not named. */
  needs: readonly string[];
  /** As declared, minus condition-skipped jobs: what the record gets. */
  declaredNeeds: readonly string[];
  /** Jobs whose end it awaits whatever their outcome (sequential groups). */
  after?: readonly string[] | undefined;
  /** Jobs of one step may run side by side where steps run one at a time (groups); absent or null: a step of its own. */
  step?: string | null | undefined;
  /** Effective: the job's own, else the hook's. */
  background: boolean;
  interactive: boolean;
  backgroundOutput: 'log' | 'silent';
  /** Null: the default of where it runs. 0: none. */
  timeoutSecs: number | null;
  failText: string | null;
  retentionSeconds: number | null;
  maxLogSizeBytes: number | null;
}

/** A job that a condition, `os`, `arch` or a platform map took out before the run. */
export interface SkippedJob {
  name: string;
  background: boolean;
  reason: string;
}

export type HookMode = 'parallel' | 'sequential' | 'piped';

/** Why the runner did not start a job whose condition allowed it (jobs.md 4.3). */
export type HeldBackReason = 'dependency failed' | 'previous job failed' | 'foreground dependency failed' | 'cancelled';

export type JobOutcome =
  | { kind: 'completed' }
  /** `exitCode` as the shell would give it: 128 + N for signal N, which is then named. */
  | { kind: 'failed'; exitCode: number; signal: NodeJS.Signals | null; stderrTail: string }
  | { kind: 'timed-out'; afterSecs: number }
  | { kind: 'not-started'; reason: string }
  | { kind: 'cancelled' };

/** What the repository's daft.yml wishes for the display of this hook. */
export interface HookPresentation {
  /** `output`: no output of jobs. */
  quiet: boolean;
  /** `no_tty`: the plain renderer even on a terminal. */
  plain: boolean;
  /** `colors: false`. */
  colourless: boolean;
}

/** What happens while a hook runs. Says what happened, never how it looks; presenters and recorders subscribe. */
export type HookEvent =
  /** `sideBySide`: jobs of this hook may print at the same time. */
  | { type: 'hook-started'; hook: string; at: Date; presentation?: HookPresentation | undefined; sideBySide?: boolean | undefined }
  | { type: 'job-promoted'; job: string; because: 'required by a foreground job' | 'interactive' }
  | { type: 'job-skipped'; job: string; reason: string; by: 'condition' | 'runner' }
  | { type: 'job-started'; job: string; description: string | null; command: string; interactive: boolean; at: Date }
  /** Whole lines, so that those of two streams never mix; a line that is very long may come in pieces. */
  /** Whole lines, or a piece of one that is very long. The chunk lasts as long as the telling: who keeps something of it copies it. */
  | { type: 'job-printed'; job: string; chunk: Buffer; stream: 'stdout' | 'stderr' }
  | { type: 'job-ended'; job: string; outcome: JobOutcome; failText: string | null; durationMs: number; at: Date }
  /** Will run behind the command's back. */
  | { type: 'job-backgrounded'; job: string; description: string | null }
  | { type: 'hook-ended'; hook: string; durationMs: number }
  /** The hand-over succeeded; `count` jobs will really run. */
  | { type: 'dispatched'; count: number }
  | { type: 'warning'; text: string }
  /** A line for stderr that stands as it is. */
  | { type: 'note'; text: string };

export type HookResult =
  | { kind: 'skipped'; reason: string }
  | { kind: 'succeeded' }
  /** `exitCode` of the first failed job in order, -1 where there is none. */
  | { kind: 'failed'; exitCode: number; stderr: string; mode: 'warn' | 'abort' }
  | { kind: 'interrupted' };

/** Who answers for a coordinator's job; re-exported for recorders. */
export type Owner = ProcessIdentity;
