export interface ScheduledJob {
  /** Unique. */
  name: string;
  /** Names of other jobs of the same graph. */
  needs: readonly string[];
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
