import { noteExcess, outputLogPath, readMarks, type Excess } from '../logstore';
import type { Fire, Surroundings } from './surroundings';
import { after } from './timer';

export interface LimitedJob {
  dir: string;
  /** 0 and null: as long as it likes. */
  timeoutSecs: number | null;
  /** How long it has run already. */
  ranMs: number;
}

/** Calls `stop` when a running job has taken more time, or more space for its log, than it may. */
export function holdToLimits(
  { store, logWatch }: Surroundings,
  { invocation, plan }: Fire,
  { dir, timeoutSecs, ranMs }: LimitedJob,
  stop: (because: Excess) => void,
): Disposable {
  // Of a coordinator that was stopped meanwhile the timers come first when it goes on, before it sees that a job has ended.
  const exceed = (excess: Excess) => {
    if (readMarks(store, invocation.id, dir).exit === null) stop(excess);
  };
  const limits: Disposable[] = [];
  if (timeoutSecs !== null && timeoutSecs !== 0) {
    limits.push(after(timeoutSecs * 1000 - ranMs, () => exceed({ kind: 'timeout', afterSecs: timeoutSecs })));
  }
  const bytes = plan?.logLimitBytes ?? null;
  if (bytes !== null) limits.push(logWatch.add(outputLogPath(store, invocation.id, dir), bytes, () => exceed({ kind: 'log-limit', bytes })));
  return {
    [Symbol.dispose]() {
      for (const limit of limits) limit[Symbol.dispose]();
    },
  };
}

/** Where it cannot be written, the job is told to end all the same: a full disk keeps none alive. */
export function tryToNote({ store, log }: Surroundings, { invocation }: Fire, dir: string, excess: Excess): void {
  try {
    noteExcess(store, invocation.id, dir, excess);
  } catch (error) {
    log.warn({ err: error, dir, invocation: invocation.id }, 'reason to end is not durable');
  }
}
