export interface ScheduledJob {
  /** Unique. */
  name: string;
  /** Names of other jobs of the same graph. */
  needs: readonly string[];
  /** Names of jobs that must have ended, however they ended, before this one starts. */
  after?: readonly string[] | undefined;
  /** Where steps run one at a time, jobs of the same step may run side by side; absent or null: a step of its own. */
  step?: string | null | undefined;
}

export type Ending = 'succeeded' | 'failed' | 'held-back' | 'cancelled';

export interface Progress {
  running: ReadonlySet<string>;
  ended: ReadonlyMap<string, Ending>;
}

export interface Decision {
  /** In the order of the graph; never more than there are places. */
  start: readonly string[];
  /** Jobs that will never start, with the reason; transitive dependents included. */
  holdBack: ReadonlyMap<string, 'dependency failed' | 'previous job failed' | 'cancelled'>;
}

export type GraphFault =
  | { kind: 'unknown-need'; job: string; need: string }
  /** `path` begins and ends with the same name: a, b, a. */
  | { kind: 'cycle'; path: readonly string[] };
