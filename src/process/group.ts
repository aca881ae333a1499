import { setTimeout as delay } from 'node:timers/promises';
import { isErrno } from '../fs';
import { allProcesses, hasArgument, hasEnvironment, readProcess, startedAt, writesTo, type ProcessEntry } from './table';

/** 'alive' if the group has a member that is not a zombie. A pgid below 2 is 'extinct'. */
export function groupState(pgid: number): 'alive' | 'extinct' {
  if (!isGroupId(pgid) || !exists(pgid)) return 'extinct';
  // A zombie answers kill(2) as well, and a killed job is one until its parent looks. The leader is asked first, because
  // the table holds everybody's processes.
  const leader = readProcess(pgid);
  if (leader !== undefined && leader.pgid === pgid && !leader.zombie) return 'alive';
  return hasLivingMember(pgid) ? 'alive' : 'extinct';
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
 * a member is left, up to `afterKillMs` (2 s) more. The first signals are sent before the promise is returned. Should the
 * number be given to another group meanwhile, that one is let alone: ours is extinct.
 *
 * @param options.impatience aborted: the grace is over
 */
export function terminateGroup(
  pgid: number,
  options: { graceMs?: number; afterKillMs?: number; first?: 'SIGTERM' | 'SIGKILL'; impatience?: AbortSignal } = {},
): Promise<'extinct' | 'survived'> {
  const { graceMs = 5_000, afterKillMs = 2_000, first = 'SIGTERM', impatience } = options;
  const leader = readProcess(pgid)?.start;
  const outcome = signalGroup(pgid, first);
  if (outcome === 'gone') return Promise.resolve('extinct');
  if (first === 'SIGTERM') signalGroup(pgid, 'SIGCONT'); // a stopped group acts on nothing else
  return descend({ pgid, leader }, { graceMs: first === 'SIGTERM' ? graceMs : 0, afterKillMs, impatience });
}

/** A group as it was when the ladder began: its leader's start token, undefined where that had gone already. */
interface Doomed {
  pgid: number;
  leader: string | undefined;
}

async function descend(
  doomed: Doomed,
  options: { graceMs: number; afterKillMs: number; impatience: AbortSignal | undefined },
): Promise<'extinct' | 'survived'> {
  if ((await waitFor(doomed, { timeoutMs: options.graceMs, impatience: options.impatience })) === 'extinct') return 'extinct';
  if (signalGroup(doomed.pgid, 'SIGKILL') === 'gone') return 'extinct';
  return (await waitFor(doomed, { timeoutMs: options.afterKillMs })) === 'extinct' ? 'extinct' : 'survived';
}

const pollMs = 50;

/**
 * Resolves when the group is extinct or `timeoutMs` (monotonic) passed. Looks after 1 ms first, then ever more seldom: an
 * obedient group is seen to be gone at once, a stubborn one costs nothing.
 */
async function waitFor(doomed: Doomed, options: { timeoutMs: number; impatience?: AbortSignal | undefined }): Promise<'extinct' | 'alive'> {
  const deadline = performance.now() + options.timeoutMs;
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 1.5, pollMs)) {
    if (groupState(doomed.pgid) === 'extinct' || isSuccessor(doomed)) return 'extinct';
    const leftMs = deadline - performance.now();
    if (leftMs <= 0 || options.impatience?.aborted === true) return 'alive';
    await delay(Math.min(pauseMs, leftMs));
  }
}

/** Whether somebody else leads a group of this number: it was free to be given away, so nothing is left of the first. */
function isSuccessor({ pgid, leader }: Doomed): boolean {
  const found = readProcess(pgid);
  return found !== undefined && found.start !== leader;
}

/** Ids of the groups that live in the session of a leader who is gone; none where sessions cannot be seen. */
export function leaderlessGroups(): Set<number> {
  const living = [...allProcesses()].filter(({ zombie }) => !zombie);
  const pids = new Set(living.map(({ pid }) => pid));
  return new Set(living.filter(({ pgid, session }) => session === pgid && !pids.has(pgid)).map(({ pgid }) => pgid));
}

/** What stands behind the process group id that a job left on disk. */
export type JobGroup =
  /** The wrapper itself lives: its group may be signalled. */
  | 'its-own'
  /** The leader is gone, and a member that lives on is the job's for certain: the group may be signalled. */
  | 'bereft'
  /**
   * The leader is gone and members of a session of that id live. Its id cannot have been given away meanwhile, but that
   * the first leader was this job's wrapper is proven by nothing.
   */
  | 'leaderless'
  /** The pid is somebody else's by now: the job is over. */
  | 'foreign'
  | 'extinct';

/** What of a job can be found again in the processes it started. */
export interface JobTraces {
  /** Path of its `output.log`, which no other group has for its output. */
  log: string;
  /** What no process of another worktree's jobs has in its environment. */
  env: Readonly<Record<string, string>>;
  startedAt: Date;
  /** When its leader was seen to be gone; null while that is not known. */
  leaderGoneAt: Date | null;
}

/**
 * Identifies the group of a job by what is known of it: the recorded start token, else the time of the `pid` mark (its
 * writer cannot have started later) and, on Linux, the job directory among the leader's arguments. Without `traces`, a
 * group that has lost its leader is never more than 'leaderless'.
 */
export function inspectJobGroup(
  pgid: number,
  known: { start: string | null; jobDir: string; markedAt: Date | null; traces?: JobTraces },
): JobGroup {
  if (groupState(pgid) === 'extinct') return 'extinct';
  const leader = readProcess(pgid);
  if (leader === undefined || leader.zombie) {
    const members = livingMembers(pgid);
    if (members.length === 0) return 'extinct';
    if (members.some(({ session }) => session !== null && session !== pgid)) return 'foreign';
    const { traces } = known;
    return traces !== undefined && members.some((member) => carries(member, traces)) ? 'bereft' : 'leaderless';
  }
  if (known.start !== null) return leader.start === known.start ? 'its-own' : 'foreign';
  if (known.markedAt !== null && startedLater(leader, known.markedAt)) return 'foreign';
  return hasArgument(pgid, known.jobDir) === false ? 'foreign' : 'its-own';
}

/**
 * Whether a member of a leaderless group was the job's. The log is proof enough. The environment is that of all jobs of a
 * hook fire, so it counts only for who lived when the leader did: since then the number was never free to be given away.
 */
function carries(member: ProcessEntry, { log, env, startedAt: begunAt, leaderGoneAt }: JobTraces): boolean {
  if (writesTo(member.pid, log)) return true;
  const started = startedAt(member);
  if (started === undefined || leaderGoneAt === null) return false;
  // The latest moment that it can have begun counts: a stranger may have got the number as soon as it was free.
  const livedWithLeader = started.getTime() >= begunAt.getTime() - clockToleranceMs && started.getTime() + startUncertaintyMs < leaderGoneAt.getTime();
  return livedWithLeader && Object.keys(env).length > 0 && hasEnvironment(member.pid, env);
}

/** See {@link startedAt}. */
const startUncertaintyMs = 1_000;
/** The same, and the clock may have been set by a bit since. */
const clockToleranceMs = 2_000;

function startedLater(leader: ProcessEntry, moment: Date): boolean {
  const started = startedAt(leader);
  return started !== undefined && started.getTime() > moment.getTime() + clockToleranceMs;
}

function hasLivingMember(pgid: number): boolean {
  for (const entry of allProcesses()) if (entry.pgid === pgid && !entry.zombie) return true;
  return false;
}

function livingMembers(pgid: number): ProcessEntry[] {
  return [...allProcesses()].filter((entry) => entry.pgid === pgid && !entry.zombie);
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
