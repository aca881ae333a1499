import { execFileSync } from 'node:child_process';
import { hostname } from 'node:os';
import type { LockHolder } from '../fs';
import { readProcess, readProcFile, runningMs } from './table';

/** A process for certain: a pid alone may be somebody else's by now. See jobs.md 3.4 and 6.8. */
export interface ProcessIdentity {
  pid: number;
  /** Start token: differs between two processes that had the same pid. Null where unknown. */
  start: string | null;
  boot: string;
  host: string;
}

let boot: string | undefined;

/** This boot of this machine; constant while it is up. */
export function bootId(): string {
  boot ??= readBootId();
  return boot;
}

function readBootId(): string {
  if (process.platform === 'linux') return readProcFile('/proc/sys/kernel/random/boot_id')?.trim() ?? 'unknown';
  try {
    return execFileSync('sysctl', ['-n', process.platform === 'darwin' ? 'kern.bootsessionuuid' : 'kern.boottime'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown'; // pid and start token still tell processes apart
  }
}

export function hostName(): string {
  return hostname();
}

let self: ProcessIdentity | undefined;

export function currentIdentity(): ProcessIdentity {
  self ??= { pid: process.pid, start: startToken(process.pid) ?? null, boot: bootId(), host: hostName() };
  return self;
}

/** That of a living process; undefined if there is none, or it is a zombie. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const start = startToken(pid);
  return start === undefined ? undefined : { pid, start, boot: bootId(), host: hostName() };
}

/** Start token of a living process; undefined if there is none or it is a zombie. */
export function startToken(pid: number): string | undefined {
  const entry = readProcess(pid);
  return entry === undefined || entry.zombie ? undefined : entry.start;
}

/** How long a living process has been running, whatever the clock was set to meanwhile; undefined where that cannot be told. */
export function ageMs(pid: number): number | undefined {
  const entry = readProcess(pid);
  return entry === undefined || entry.zombie ? undefined : runningMs(entry);
}

/** Whether this very process lives here and now: host, boot, pid and token (where recorded) all match, and no zombie. */
export function isAlive(identity: ProcessIdentity): boolean {
  if (identity.host !== hostName() || identity.boot !== bootId() || identity.pid < 1) return false;
  const token = startToken(identity.pid);
  return token !== undefined && (identity.start === null || identity.start === token);
}

/** This process as the holder of a lock file: `<pid> <start token> <boot> <host>`, blanks of the token replaced. */
export function lockHolder(): LockHolder {
  return {
    text: lockLine(currentIdentity()),
    isDead(text) {
      const match = /^(\d+) (\S+) (\S+) (\S.*)$/.exec(text);
      if (match === null) return true;
      const [, pid, start, boot, host] = match;
      if (host !== hostName()) return false; // out of sight: only its own host can tell
      if (boot !== bootId()) return true;
      const token = startToken(Number(pid));
      return token === undefined || (start !== '-' && start !== withoutBlanks(token));
    },
  };
}

function lockLine({ pid, start, boot, host }: ProcessIdentity): string {
  return `${pid} ${start === null ? '-' : withoutBlanks(start)} ${boot} ${host}`;
}

function withoutBlanks(token: string): string {
  return token.replaceAll(/\s+/g, '_');
}
