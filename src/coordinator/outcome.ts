import { constants } from 'node:os';
import type { Ending } from '../hooks/schedule';
import { excessText, type NotRun } from '../jobs/reconcile';
import type { JobRecord } from '../logstore';
import type { WrapperExit } from '../process';
import type { StopReason } from './ladder';

export interface Outcome {
  status: 'completed' | 'failed' | 'cancelled' | 'crashed';
  exitCode: number | null;
  /** What is to be said of a failure that has no exit code. */
  error?: string;
}

/** What the exit of a job means, seen together with why it was told to end. */
export function outcomeOf(exit: WrapperExit, because: StopReason | undefined): Outcome {
  return because === undefined ? outcomeByItself(exit) : outcomeOfStop(because);
}

/** What a job came to that was told to end, whatever exit code it happened to give. */
export function outcomeOfStop(because: StopReason): Outcome {
  switch (because.kind) {
    case 'cancel':
      return { status: 'cancelled', exitCode: null };
    case 'timeout':
    case 'log-limit':
      return { status: 'failed', exitCode: null, error: excessText(because) };
  }
}

function outcomeByItself(exit: WrapperExit): Outcome {
  switch (exit.kind) {
    case 'exited':
      return { status: exit.exitCode === 0 ? 'completed' : 'failed', exitCode: exit.exitCode };
    case 'vanished':
      if (exit.signal !== null) return { status: 'failed', exitCode: 128 + constants.signals[exit.signal] };
      return { status: 'crashed', exitCode: null };
    case 'lost-claim':
    case 'unclaimed':
      return { status: 'crashed', exitCode: null };
  }
}

/** What a record that is there already means for those who need the job. */
export function endingOf({ status, command }: Pick<JobRecord, 'status' | 'command'>): Ending {
  switch (status) {
    case 'completed':
      return 'succeeded';
    case 'cancelled':
      return 'cancelled';
    case 'skipped':
      return command === '' ? 'succeeded' : 'held-back'; // skipped by its condition: satisfied
    case 'failed':
    case 'crashed':
    case 'running':
    case 'unknown':
      return 'failed';
  }
}

/** What it means for those who need a job that it will not run. */
export function endingOfNotRun({ kind }: NotRun): Ending {
  switch (kind) {
    case 'held-back':
      return 'held-back';
    case 'cancelled':
      return 'cancelled';
    case 'never-started':
    case 'could-not-start':
      return 'failed';
  }
}
