import type { Logger } from 'pino';
import type { Invocation, Plan, Store } from '../logstore';
import type { ProcessIdentity } from '../process';
import type { LogWatch } from './log-watch';
import type { Notice } from './notice';

/** What all parts of one coordinator share. */
export interface Surroundings {
  store: Store;
  /** The owner in the records of the jobs that run here. */
  self: ProcessIdentity;
  now: () => Date;
  log: Logger;
  /** Of all jobs whose plan sets a limit. */
  logWatch: LogWatch;
}

/** One invocation that was taken up. */
export interface Fire {
  invocation: Invocation;
  /** Undefined for survivors that nobody planned: other tools write records, too. */
  plan: Plan | undefined;
  notice: Notice;
}

/** A job that is under way. */
export interface LiveJob {
  /**
   * Walks the termination ladder, now or as soon as the job can be signalled; `kill` begins at its bottom. Not the job of
   * another coordinator, who may have no ear for us: that is for whoever wants it cancelled.
   */
  cancel(options: { kill: boolean }): 'told' | 'not-ours';
  /** Undefined until it runs. */
  readonly runningSince: Date | undefined;
}
