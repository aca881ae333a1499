import { setTimeout as delay } from 'node:timers/promises';
import { isErrno } from '../fs';
import { allProcesses, hasArgument, readProcess, startedAt, type ProcessEntry } from './table';

/** 'alive' if the group has a member that is not a zombie. A pgid below 2 is 'extinct'. */
export function groupState(pgid: number): 'alive' | 'extinct' {
  if (!isGroupId(pgid) || !exists(pgid)) return 'extinct';
  // A zombie answers kill(2) as well, and a killed job is one until its parent looks. The leader is asked first, because
  // the table holds everybody's processes.
  const leader = readProcess(pgid);
  if (leader !== undefined && leader.pgid === pgid && !leader.zombie) return 'alive';
  return livingMember(pgid) === undefined ? 'extinct' : 'alive';
}

/**
 * Sends `signal` to every member of a process group. See POSIX kill(2).
 *
 * @param pgid at least 2 (throws RangeError): negated, 1 would address every process we may signal, and 0 our own group
 * @returns 'gone' if no member is left (ESRCH), 'denied' if members live but are not ours (EPERM)
 */
export function signalGroup(pgid: number, signal: NodeJS.Signals): 'sent' | 'gone' | 'denied' {
  if (!isGroupId(pgid)) throw new RangeError(`not a process group that may be signalled: ${pgid}`);
  try {
    process.kill(-pgid, signal);
    return 'sent';
  } catch (error) {
    if (isErrno(error, 'ESRCH')) return 'gone';
    if (isErrno(error, 'EPERM')) return 'denied';
    throw error;
  }
}

/**
 * The termination ladder of jobs.md 6.6: SIGTERM then SIGCONT to the group, SIGKILL after `graceMs` (monotonic, 5 s) if
 * a member is left, up to `afterKillMs` (2 s) more. The first signals are sent before the promise is returned.
 */
export function terminateGroup(
  pgid: number,
  options: { graceMs?: number; afterKillMs?: number; first?: 'SIGTERM' | 'SIGKILL' } = {},
): Promise<'extinct' | 'survived'> {
  const { graceMs = 5_000, afterKillMs = 2_000, first = 'SIGTERM' } = options;
  const outcome = signalGroup(pgid, first);
  if (outcome === 'gone') return Promise.resolve('extinct');
  if (first === 'SIGTERM') signalGroup(pgid, 'SIGCONT'); // a stopped group acts on nothing else
  return descend(pgid, { graceMs: first === 'SIGTERM' ? graceMs : 0, afterKillMs });
}

async function descend(pgid: number, options: { graceMs: number; afterKillMs: number }): Promise<'extinct' | 'survived'> {
  if ((await waitForGroup(pgid, { timeoutMs: options.graceMs })) === 'extinct') return 'extinct';
  if (signalGroup(pgid, 'SIGKILL') === 'gone') return 'extinct';
  return (await waitForGroup(pgid, { timeoutMs: options.afterKillMs })) === 'extinct' ? 'extinct' : 'survived';
}

/**
 * Resolves when the group is extinct or `timeoutMs` (monotonic) passed. Looks after 1 ms first, then ever more seldom up
 * to `pollMs` (50): an obedient group is seen to be gone at once, a stubborn one costs nothing.
 */
export async function waitForGroup(pgid: number, options: { timeoutMs: number; pollMs?: number }): Promise<'extinct' | 'alive'> {
  const deadline = performance.now() + options.timeoutMs;
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 1.5, options.pollMs ?? 50)) {
    if (groupState(pgid) === 'extinct') return 'extinct';
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) return 'alive';
    await delay(Math.min(pauseMs, leftMs));
  }
}

/** What stands behind the process group id that a job left on disk. */
export type JobGroup =
  /** The wrapper itself lives: its group may be signalled. */
  | 'its-own'
  /**
   * The leader is gone and members of a session of that id live. Its id cannot have been given away meanwhile, but that
   * the first leader was this job's wrapper is proven by nothing.
   */
  | 'leaderless'
  /** The pid is somebody else's by now: the job is over. */
  | 'foreign'
  | 'extinct';

/**
 * Identifies the group of a job by what is known of it: the recorded start token, else the time of the `pid` mark (its
 * writer cannot have started later) and, on Linux, the job directory among the leader's arguments.
 */
export function inspectJobGroup(pgid: number, known: { start: string | null; jobDir: string; markedAt: Date | null }): JobGroup {
  if (groupState(pgid) === 'extinct') return 'extinct';
  const leader = readProcess(pgid);
  if (leader === undefined || leader.zombie) {
    const member = livingMember(pgid);
    if (member === undefined) return 'extinct';
    return member.session === null || member.session === pgid ? 'leaderless' : 'foreign';
  }
  if (known.start !== null) return leader.start === known.start ? 'its-own' : 'foreign';
  if (known.markedAt !== null && startedLater(leader, known.markedAt)) return 'foreign';
  return hasArgument(pgid, known.jobDir) === false ? 'foreign' : 'its-own';
}

function startedLater(leader: ProcessEntry, moment: Date): boolean {
  const started = startedAt(leader);
  // The boot time has whole seconds, and the clock may have been set by a bit since.
  return started !== undefined && started.getTime() > moment.getTime() + 2_000;
}

function livingMember(pgid: number): ProcessEntry | undefined {
  for (const entry of allProcesses()) if (entry.pgid === pgid && !entry.zombie) return entry;
  return undefined;
}

function isGroupId(pgid: number): boolean {
  return Number.isSafeInteger(pgid) && pgid >= 2;
}

function exists(pgid: number): boolean {
  try {
    process.kill(-pgid, 0);
    return true;
  } catch (error) {
    if (isErrno(error, 'ESRCH')) return false;
    if (isErrno(error, 'EPERM')) return true; // members live, though not ours
    throw error;
  }
}
