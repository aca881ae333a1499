import { setTimeout as sleep } from 'node:timers/promises';
import { readJobsAgain } from './active';
import type { JobRef } from './active';
import { mend } from './mend';
import type { Mending } from './mend';
import { isActive } from './types';
import type { JobRow } from './types';

const pollMs = 50;
/** With many jobs to look at, a look costs more than the prompt answer is worth. */
const pollManyMs = 200;
const mendEveryMs = 1000;

export interface WaitingEvents {
  /** In order of ending. */
  ended: (job: JobRow) => void;
  /** The record is gone, and nobody knows how the job ended. */
  vanished: (ref: JobRef) => void;
  /** Who is still being waited for; told whenever that changes. */
  waiting: (jobs: readonly JobRow[]) => void;
}

/**
 * Waits until jobs have ended, whoever runs them, and looks after them meanwhile: a coordinator that dies is succeeded.
 *
 * @param options.timeoutMs undefined waits for ever
 * @returns the jobs that are still active when time is up; empty when all ended
 */
export async function waitForJobs(
  refs: readonly JobRef[],
  options: Mending & { coordinatorLive: boolean; timeoutMs: number | undefined; tell: WaitingEvents },
): Promise<JobRow[]> {
  const { store, timeoutMs, tell } = options;
  const begun = performance.now();
  let mendedAt = begun;
  let { coordinatorLive } = options;
  let outstanding = [...refs];
  let told = '';
  for (;;) {
    const looks = readJobsAgain(store, outstanding, { coordinatorLive });
    const active = looks.flatMap((job) => (job !== undefined && isActive(job) ? [job] : []));
    const ended = looks.flatMap((job) => (job !== undefined && !isActive(job) ? [job] : []));
    for (const job of ended.toSorted(byEnding)) tell.ended(job);
    outstanding = outstanding.filter((ref, index) => {
      const job = looks[index];
      if (job === undefined) tell.vanished(ref);
      return job !== undefined && isActive(job);
    });
    if (active.length === 0) return [];

    const now = performance.now();
    if (timeoutMs !== undefined && now - begun >= timeoutMs) return active;
    const state = active.map((job) => `${job.dir} ${job.status}`).join('\n');
    if (state !== told) tell.waiting(active);
    told = state;
    if (now - mendedAt >= mendEveryMs) {
      ({ coordinatorLive } = await mend(options));
      mendedAt = now;
    }
    const left = timeoutMs === undefined ? Infinity : timeoutMs - (performance.now() - begun);
    await sleep(Math.max(0, Math.min(outstanding.length > 50 ? pollManyMs : pollMs, left)));
  }
}

function byEnding(a: JobRow, b: JobRow): number {
  return endOf(a) - endOf(b);
}

/** A skipped job has no end; it was decided on when it was recorded. */
function endOf(job: JobRow): number {
  return (job.finishedAt ?? job.startedAt)?.getTime() ?? 0;
}
