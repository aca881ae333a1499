import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { isErrno } from '../fs';

/** Tells the terminal of the dispatching command what went wrong behind its back (jobs.md 6.5). */
export interface Notice {
  /** Says nothing of a job that is to be silent. */
  failed(job: { name: string; dir: string; backgroundOutput: 'log' | 'silent' | null }, how: { exitCode: number } | { error: string }): void;
  close(): void;
}

export interface NoticeOptions {
  /** Path of a terminal, or null; whatever is not a terminal of ours is not written to. */
  device: string | null;
  uid: number;
  /** Gets the lines that could not be shown. */
  keep: (dir: string, line: string) => void;
}

export function openNotice({ device, uid, keep }: NoticeOptions): Notice {
  const fd = device === null ? undefined : openTerminal(device, uid);
  return {
    failed({ name, dir, backgroundOutput }, how) {
      if (backgroundOutput === 'silent') return;
      const line = onOneLine(
        'exitCode' in how
          ? `daft: background job '${name}' failed (exit code: ${how.exitCode}) -- daft hooks jobs logs ${name}`
          : `daft: background job '${name}' failed: ${how.error}`,
      );
      if (fd === undefined || !isWritten(fd, `${line}\n`)) keep(dir, line);
    },
    close() {
      if (fd !== undefined) closeSync(fd);
    },
  };
}

/** False if the terminal has hung up, or is held by Ctrl-S: a notice is never worth waiting for. */
function isWritten(fd: number, text: string): boolean {
  try {
    writeSync(fd, text);
    return true;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return false;
  }
}

/** Names and paths come from a repository: its control characters are not for somebody's terminal, now or later. */
function onOneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what this is about
  return text.replaceAll(/[\u0000-\u001F\u007F-\u009F]/g, '\uFFFD');
}

function openTerminal(device: string, uid: number): number | undefined {
  let fd: number;
  try {
    // Not as our controlling terminal, and without waiting for a modem's carrier.
    fd = openSync(device, constants.O_WRONLY | constants.O_NOCTTY | constants.O_NONBLOCK);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EIO', 'ENXIO', 'ENODEV', 'EISDIR', 'ELOOP', 'EROFS', 'EMFILE', 'ENFILE')) return undefined;
    throw error;
  }
  const found = fstatSync(fd);
  if (found.isCharacterDevice() && found.uid === uid) return fd;
  closeSync(fd);
  return undefined;
}
