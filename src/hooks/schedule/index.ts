/** The scheduler shared by the foreground runner and the coordinator. Pure: graph, endings, places -> what starts now. */

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

/**
 * Decides what starts now.
 *
 * @param jobs in order of preference (priority, then position)
 * @param options.mode 'parallel' fills all `places`; 'sequential' runs one at a time and goes on after a failure; 'piped'
 *   stops at the first failure and holds all the rest back as 'previous job failed'
 * @param options.cancelled hold back everything that has not started
 */
export declare function schedule(
  jobs: readonly ScheduledJob[],
  progress: Progress,
  options: { mode: 'parallel' | 'sequential' | 'piped'; places: number; cancelled?: boolean },
): Decision;

export type GraphFault =
  | { kind: 'unknown-need'; job: string; need: string }
  /** `path` begins and ends with the same name: a, b, a. */
  | { kind: 'cycle'; path: readonly string[] };

/** First fault of the graph in job order, or undefined if it can be run. */
export declare function findGraphFault(jobs: readonly ScheduledJob[]): GraphFault | undefined;
