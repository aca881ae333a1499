/** Processes as the kernel sees them: identities, groups, signals, the termination ladder, spawning, the job wrapper. */

/** A process for certain: a pid alone may be somebody else's by now. See jobs.md 3.4 and 6.8. */
export interface ProcessIdentity {
  pid: number;
  /** Start token: differs between two processes that had the same pid. Null where unknown. */
  start: string | null;
  boot: string;
  host: string;
}

/** This boot of this machine; constant while it is up. */
export declare function bootId(): string;
export declare function hostName(): string;
export declare function currentIdentity(): ProcessIdentity;

/** Start token of a living process; undefined if there is none or it is a zombie. */
export declare function startToken(pid: number): string | undefined;

/** Whether this very process lives here and now: host, boot, pid and token (where recorded) all match, and no zombie. */
export declare function isAlive(identity: ProcessIdentity): boolean;

/** 'alive' if the group has a member that is not a zombie. A pgid below 2 is 'extinct'. */
export declare function groupState(pgid: number): 'alive' | 'extinct';

/**
 * Sends `signal` to every member of a process group. See POSIX kill(2).
 *
 * @param pgid at least 2 (throws RangeError): negated, 1 would address every process we may signal, and 0 our own group
 * @returns 'gone' if no member is left (ESRCH), 'denied' if members live but are not ours (EPERM)
 */
export declare function signalGroup(pgid: number, signal: NodeJS.Signals): 'sent' | 'gone' | 'denied';

/**
 * The termination ladder of jobs.md 6.6: SIGTERM then SIGCONT to the group, SIGKILL after `graceMs` (monotonic) if a
 * member is left, up to `afterKillMs` more. The first signals are sent before the promise is returned.
 */
export declare function terminateGroup(
  pgid: number,
  options?: { graceMs?: number; afterKillMs?: number; first?: 'SIGTERM' | 'SIGKILL' },
): Promise<'extinct' | 'survived'>;

/** Resolves when the group is extinct or `timeoutMs` passed. */
export declare function waitForGroup(pgid: number, options: { timeoutMs: number; pollMs?: number }): Promise<'extinct' | 'alive'>;

/** Descriptors above 2 that children of ours would inherit (no FD_CLOEXEC), ascending. See design: traps. */
export declare function leakedDescriptors(): number[];

/** Soft limit of open files of our parent process (ours was raised by Node); null where unknown. */
export declare function inheritedDescriptorLimit(): number | null;

/** Starts a process in a session of its own, with the null device for stdin, stdout, stderr and every leaked descriptor. */
export declare function spawnDetached(
  file: string,
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): { kind: 'spawned'; pid: number } | { kind: 'failed'; error: Error };

export interface WrapperOptions {
  /** Directory that gets the marks `started`, `pid`, `exit` and `output.log`. Must exist. */
  jobDir: string;
  command: string;
  workingDir: string;
  env: Readonly<Record<string, string>>;
  umask: number;
  /** Soft limit of open files for the job; null leaves it alone. */
  fdLimit: number | null;
}

export type WrapperExit =
  /** What the shell gave; 128+N for signal N. Read from the `exit` mark. */
  | { kind: 'exited'; exitCode: number }
  /** Somebody else holds the claim; nothing was run. */
  | { kind: 'lost-claim' }
  /** The wrapper died without an `exit` mark. */
  | { kind: 'vanished'; signal: NodeJS.Signals | null };

export interface RunningWrapper {
  /** Pid of the wrapper = process group id of the job. */
  readonly pid: number;
  /** Resolves 'held' when the `pid` mark is there, 'lost' when the wrapper gave up or died before. */
  readonly claim: Promise<'held' | 'lost'>;
  /** Decided on the wrapper's own exit, never on closed pipes. */
  readonly exited: Promise<WrapperExit>;
}

/**
 * Starts a background job under its wrapper (jobs.md 3.9): own session and group, stdin null, stdout and stderr
 * appended to `output.log`, everything else closed. Never throws for what the system refuses.
 */
export declare function spawnWrapper(options: WrapperOptions): { kind: 'spawned'; job: RunningWrapper } | { kind: 'failed'; error: Error };

export interface ForegroundOptions {
  command: string;
  workingDir: string;
  env: Readonly<Record<string, string>>;
  /** Inherits the terminal and stays in our process group, so that Ctrl-C and reading work. */
  interactive: boolean;
  /** Milliseconds until the ladder; null for none. */
  timeoutMs: number | null;
  /** Aborting walks the ladder. */
  signal: AbortSignal;
  /** Raw bytes in order of arrival; not called for interactive jobs. */
  onOutput: (chunk: Buffer, stream: 'stdout' | 'stderr') => void;
}

export type ForegroundExit =
  | { kind: 'exited'; exitCode: number }
  | { kind: 'signalled'; signal: NodeJS.Signals; exitCode: number }
  | { kind: 'timed-out' }
  | { kind: 'aborted' }
  | { kind: 'not-started'; error: Error };

/** Runs `sh -c command` as leader of its own session and waits for it: for its exit, not for pipes a grandchild holds. */
export declare function runForeground(options: ForegroundOptions): Promise<ForegroundExit>;
