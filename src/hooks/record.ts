import { beginRecord, jobDirNames } from '../logstore';
import type { Invocation, JobRecord, RecordInTheMaking, Store, StoredStatus } from '../logstore';
import type { JobOutcome, ResolvedJob, SkippedJob } from './types';

/** Keeps what becomes of the jobs that run in the command itself. Whatever goes wrong with it is told and forgotten. */
export interface Recorder {
  /** By job name: the directory of its record. */
  dirOf(name: string): string;
  skipped(job: SkippedJob): void;
  heldBack(job: ResolvedJob, reason: string, part: 'foreground' | 'background'): void;
  started(job: ResolvedJob): JobRecording;
}

export interface JobRecording {
  append(lines: Buffer): void;
  ended(outcome: JobOutcome): void;
}

export function createRecorder(
  store: Store,
  invocation: Invocation,
  options: { names: readonly string[]; now: () => Date; failed: (job: string, error: Error) => void },
): Recorder {
  const { names, now, failed } = options;
  const dirs = new Map(jobDirNames(names).map((dir, index) => [names[index]!, dir]));
  const dirOf = (name: string): string => dirs.get(name) ?? name;

  /** Recording never decides whether something runs, so nothing it throws gets out; told once per job. */
  const complained = new Set<string>();
  function attempt(job: string, write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (complained.has(job)) return;
      complained.add(job);
      failed(job, error);
    }
  }

  function recordAtOnce(record: JobRecord, log: string): void {
    attempt(record.name, () => {
      const making = beginRecord(store, invocation, dirOf(record.name));
      publish(making, record, Buffer.from(log));
    });
  }

  return {
    dirOf,
    skipped({ name, background, reason }) {
      recordAtOnce({ ...emptyRecord(invocation, now()), name, background, status: 'skipped' }, reason);
    },
    heldBack(job, reason, part) {
      recordAtOnce({ ...recordOf(job, invocation, now()), background: part === 'background', status: 'skipped' }, reason);
    },
    started(job) {
      const record = recordOf(job, invocation, now());
      let making: RecordInTheMaking | undefined;
      attempt(job.name, () => { making = beginRecord(store, invocation, dirOf(job.name)); });
      return {
        append: (lines) => attempt(job.name, () => making?.append(lines)),
        ended(outcome) {
          attempt(job.name, () => {
            const lastLine = lastLogLine(outcome);
            if (making !== undefined) publish(making, { ...record, ...endOf(outcome), finishedAt: now() }, Buffer.from(lastLine === undefined ? '' : `${lastLine}\n`));
          });
        },
      };
    },
  };
}

/** With the end of its log; nothing is left of what cannot be published. */
function publish(making: RecordInTheMaking, record: JobRecord, logEnd: Buffer): void {
  try {
    if (logEnd.length > 0) making.append(logEnd);
    making.publish(record);
  } finally {
    making.discard();
  }
}

/** As a foreground job, which is what everything recorded here is, unless it is held back for the background. */
function recordOf(job: ResolvedJob, invocation: Invocation, startedAt: Date): JobRecord {
  return {
    ...emptyRecord(invocation, startedAt),
    name: job.name,
    command: job.command,
    workingDir: job.workingDir,
    env: job.env,
    needs: job.declaredNeeds,
    retentionSeconds: job.retentionSeconds,
    maxLogSizeBytes: job.maxLogSizeBytes,
    backgroundOutput: job.background ? job.backgroundOutput : null,
    timeoutSecs: job.timeoutSecs,
  };
}

function emptyRecord(invocation: Invocation, startedAt: Date): JobRecord {
  return {
    name: '',
    hookType: invocation.hookType,
    worktree: invocation.worktree,
    command: '',
    workingDir: '',
    env: {},
    startedAt,
    status: 'unknown',
    exitCode: null,
    pid: null,
    background: false,
    finishedAt: null,
    needs: [],
    retentionSeconds: null,
    maxLogSizeBytes: null,
    logTruncated: false,
    originalSizeBytes: null,
    backgroundOutput: null,
    pidStart: null,
    owner: null,
    timeoutSecs: null,
  };
}

function endOf(outcome: JobOutcome): { status: StoredStatus; exitCode: number | null } {
  switch (outcome.kind) {
    case 'completed': return { status: 'completed', exitCode: 0 };
    case 'failed': return { status: 'failed', exitCode: outcome.exitCode };
    case 'timed-out':
    case 'not-started': return { status: 'failed', exitCode: null };
    case 'cancelled': return { status: 'cancelled', exitCode: null };
  }
}

function lastLogLine(outcome: JobOutcome): string | undefined {
  switch (outcome.kind) {
    case 'timed-out': return `Command timed out after ${outcome.afterSecs}s`;
    case 'not-started': return outcome.reason;
    case 'completed': case 'failed': case 'cancelled': return undefined;
  }
}
