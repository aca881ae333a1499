import { setImmediate as nextTurn } from 'node:timers/promises';
import { readHistory, type JobSummary, type Store } from '../logstore';
import { protocolVersion, type CancelMatching, type JobInfo, type Request, type Response } from './protocol';
import type { Client } from './server';
import type { JobView, Supervisor } from './supervisor';
import type { Surroundings } from './surroundings';

/** What a request can bring about beside its answer. */
export interface Desk {
  supervisor: Supervisor;
  drain: () => void;
  shutDown: () => void;
}

/** Answers one request (jobs.md 7.2); undefined sends the client away without a word. */
export async function answer(
  request: Request,
  client: Client,
  { desk: { supervisor, drain, shutDown }, surroundings }: { desk: Desk; surroundings: Surroundings },
): Promise<Response | undefined> {
  switch (request) {
    case 'ListJobs':
      return { Jobs: await listJobs(surroundings.store, surroundings.now) };
    case 'CancelAll':
      return acknowledge(`Cancelled ${supervisor.cancel(() => true, { kill: false }).length} job(s)`);
    case 'Shutdown':
      shutDown();
      return acknowledge('Coordinator shutting down');
    case 'Drain':
      drain();
      return acknowledge('Draining');
    case 'Ping':
      return { Pong: { pid: surroundings.self.pid, daft_version: DAFT_VERSION, protocol: protocolVersion, ...supervisor.counts } };
  }
  if ('CancelJob' in request) {
    const { name, invocation_id: id, kill = false } = request.CancelJob;
    const names = supervisor.cancel((job) => job.name === name && (id === undefined || job.invocation.id === id), { kill });
    return names.length === 0 ? { Error: { message: `Job not found or not running: ${name}` } } : acknowledge(`Cancelled job: ${name}`);
  }
  if ('CancelMatching' in request) {
    const names = supervisor.cancel(matcher(request.CancelMatching, surroundings.now()), { kill: request.CancelMatching.kill ?? false });
    return { Cancelled: { count: names.length, names } };
  }
  // Came in before the socket went. An answer would be taken for a promise; without one he looks again, and starts another.
  if (supervisor.isClosed) return undefined;
  const { invocation_id: id } = request.Wake;
  // The command that dispatched it has yet to end: its jobs would take the processors from it, and the prompt is to be back first.
  const accepted = id === undefined ? await supervisor.takeUpAll() : supervisor.takeUp(id, { startAfter: client.leaves() });
  return { Ack: { message: `Accepted ${accepted} job(s)`, daft_version: DAFT_VERSION, protocol: protocolVersion } };
}

function acknowledge(message: string): Response {
  return { Ack: { message } };
}

function matcher(filter: CancelMatching, now: Date): (job: JobView) => boolean {
  return ({ invocation, runningSince }) =>
    (filter.worktree === undefined || invocation.worktree === filter.worktree) &&
    (filter.hook === undefined || invocation.hookType === filter.hook) &&
    (filter.invocation_prefix === undefined || invocation.id.startsWith(filter.invocation_prefix)) &&
    (filter.older_than_secs === undefined ||
      (runningSince !== undefined && now.getTime() - runningSince.getTime() >= filter.older_than_secs * 1000));
}

/** All records and pending jobs of the repository, whoever runs them. Lets others have their turn: history is long. */
async function listJobs(store: Store, now: () => Date): Promise<JobInfo[]> {
  const newestFirst: JobInfo[][] = [];
  for (const { invocation, jobs } of readHistory(store)) {
    const common = { hook_type: invocation.hookType, worktree: invocation.worktree, invocation_id: invocation.id };
    newestFirst.push(jobs().map((entry) => ({ ...common, ...stateOf(entry, now()) })));
    await nextTurn();
  }
  return newestFirst.toReversed().flat();
}

function stateOf(entry: JobSummary, now: Date): Pick<JobInfo, 'name' | 'status' | 'elapsed_secs' | 'exit_code'> {
  switch (entry.kind) {
    case 'recorded': {
      const { name, status, startedAt, exitCode } = entry.record;
      return { name, status, elapsed_secs: status === 'running' ? secondsBetween(startedAt, now) : null, exit_code: exitCode };
    }
    case 'indexed':
      return { name: entry.job.name, status: entry.job.status, elapsed_secs: null, exit_code: entry.job.exitCode };
    case 'started':
      return { name: entry.planned.name, status: 'running', elapsed_secs: secondsBetween(entry.marks.startedAt ?? now, now), exit_code: null };
    case 'pending':
      return { name: entry.planned.name, status: 'pending', elapsed_secs: null, exit_code: null };
    case 'unreadable':
      return { name: entry.dir, status: 'unknown', elapsed_secs: null, exit_code: null };
  }
}

function secondsBetween(from: Date, to: Date): number {
  return Math.max(0, Math.floor((to.getTime() - from.getTime()) / 1000));
}
