import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { isErrno } from '../fs';
import { failureLine, type Failure } from '../jobs/reconcile';

/** Tells the terminal of the dispatching command what went wrong behind its back (jobs.md 6.5). */
export interface Notice {
  /** To be called before a failure is recorded; `failed` or `withdraw` follows. */
  announce(failure: Failure): void;
  /** Somebody else has recorded the end: it is his to tell. */
  withdraw(failure: Failure): void;
  failed(failure: Failure): void;
  close(): void;
}

export interface NoticeOptions {
  /** Path of a terminal, or null; whatever is not a terminal of ours is not written to. */
  device: string | null;
  uid: number;
  /** Gets what is about to be recorded. */
  announce: (failure: Failure) => void;
  /** Gets what has been shown, or is not to be. */
  withdraw: (failure: Failure) => void;
  /** Gets what could not be shown. */
  keep: (failure: Failure) => void;
}

export function openNotice({ device, uid, announce, withdraw, keep }: NoticeOptions): Notice {
  const fd = device === null ? undefined : openTerminal(device, uid);
  return {
    announce,
    withdraw,
    failed(failure) {
      // Whatever stands there, a prompt or a progress line, does not end in a line break: rather an empty line than none.
      if (fd === undefined || !isWritten(fd, `\n${failureLine(failure)}\n`)) keep(failure);
      else withdraw(failure);
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
