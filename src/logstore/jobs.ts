import { lstatIfReachable } from '../fs';
import { listJobDirs } from './invocations';
import { readMarks } from './marks';
import { hasPlanEnv, readPlan } from './read-plan';
import { readLogSize, readRecord } from './read-record';
import { jobDirPath, type Store } from './store';
import type { InvocationId, JobEntry, JobSummary, PlannedJob } from './types';

/**
 * The jobs of an invocation, recorded and planned, in order of start, then name; pending ones last in plan order. Never
 * throws for a bad record: that one comes as 'unreadable', in order of its directory's time.
 */
export function readJobs(store: Store, id: InvocationId): JobEntry[] {
  const plan = readPlan(store, id);
  const planned = new Map(plan?.jobs.map((job) => [job.jobDir, job]) ?? []);
  const mayPend = planned.size > 0 && hasPlanEnv(store, id);
  const listed = new Set(listJobDirs(store, id));
  const dirs = new Set([...listed, ...planned.keys()]);
  const entries = [...dirs].flatMap((dir) => {
    const options = { planned: planned.get(dir), mayPend };
    // Of a plan that has just come no job has a directory, and looking for each file in it takes time.
    const isThere = listed.has(dir) || lstatIfReachable(jobDirPath(store, id, dir)) !== undefined;
    const entry = isThere ? readJob(store, id, dir, options) : unbegun(dir, options);
    return entry === undefined ? [] : [entry];
  });
  return sortJobs(entries, [...planned.keys()]);
}

/** In order of start, then name; pending ones last, in the order of these directories. */
export function sortJobs<Job extends JobSummary>(jobs: readonly Job[], planOrder: readonly string[]): Job[] {
  return jobs
    .map((job) => ({ job, order: orderOf(job, planOrder) }))
    .toSorted((a, b) => compareJobs(a.order, b.order))
    .map(({ job }) => job);
}

/** A job without a directory: still to come, or gone. */
function unbegun(dir: string, { planned, mayPend }: Expected): JobEntry | undefined {
  return planned !== undefined && mayPend && planned.heldBack === null ? { kind: 'pending', dir, planned, logSizeBytes: null } : undefined;
}

interface Expected {
  planned: PlannedJob | undefined;
  /** Whether a job of the plan that has not begun may still do so. */
  mayPend: boolean;
}

/** Derives the state of one job (jobs.md 3.8); undefined if it is gone, or cleaned up. */
export function readJob(store: Store, id: InvocationId, dir: string, { planned, mayPend }: Expected): JobEntry | undefined {
  const found = planned === undefined ? undefined : lstatIfReachable(jobDirPath(store, id, dir));
  // What a plan promises is looked for by its name, and a link under it would lead somewhere else.
  if (found?.isDirectory() === false) return { kind: 'unreadable', dir, modifiedAt: found.mtime, logSizeBytes: null };
  const logSizeBytes = readLogSize(store, id, dir);
  const { record } = readRecord(store, id, dir);
  if (record !== undefined) return { kind: 'recorded', dir, record, planned, logSizeBytes };
  if (planned !== undefined) {
    const marks = readMarks(store, id, dir);
    if (marks.startedAt !== null || marks.exit !== null) return { kind: 'started', dir, planned, marks, logSizeBytes };
    if (mayPend && planned.heldBack === null) return { kind: 'pending', dir, planned, logSizeBytes };
  }
  const directory = lstatIfReachable(jobDirPath(store, id, dir));
  return directory === undefined ? undefined : { kind: 'unreadable', dir, modifiedAt: directory.mtime, logSizeBytes };
}

/** Whether a job may still run, or does. */
export function isActive(entry: JobEntry): boolean {
  switch (entry.kind) {
    case 'recorded':
      return entry.record.status === 'running';
    case 'pending':
    case 'started':
      return true;
    case 'unreadable':
      return false;
  }
}

interface Order {
  /** Null: pending. */
  startedMs: number | null;
  name: string;
  /** Among the pending ones. */
  position: number;
}

function compareJobs(a: Order, b: Order): number {
  if (a.startedMs === null || b.startedMs === null) {
    if (a.startedMs === null && b.startedMs === null) return a.position - b.position;
    return a.startedMs === null ? 1 : -1;
  }
  if (a.startedMs !== b.startedMs) return a.startedMs - b.startedMs;
  return a.name < b.name ? -1 : Number(a.name > b.name);
}

function orderOf(entry: JobSummary, planOrder: readonly string[]): Order {
  switch (entry.kind) {
    case 'recorded':
      return { startedMs: entry.record.startedAt.getTime(), name: entry.record.name, position: 0 };
    case 'started':
      return { startedMs: (entry.marks.startedAt ?? entry.marks.exit?.at ?? new Date(0)).getTime(), name: entry.planned.name, position: 0 };
    case 'indexed':
      return { startedMs: entry.job.startedAt.getTime(), name: entry.job.name, position: 0 };
    case 'unreadable':
      return { startedMs: entry.modifiedAt.getTime(), name: entry.dir, position: 0 };
    case 'pending':
      return { startedMs: null, name: entry.planned.name, position: planOrder.indexOf(entry.dir) };
  }
}
