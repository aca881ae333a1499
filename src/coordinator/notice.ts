import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { isErrno } from '../fs';

/** Tells the terminal of the dispatching command what went wrong behind its back (jobs.md 6.5). */
export interface Notice {
  failed(job: string, how: { exitCode: number } | { error: string }): void;
  close(): void;
}

const silence: Notice = { failed() {}, close() {} };

/** @param device path of a terminal, or null; whatever is not a terminal of ours is not written to */
export function openNotice(device: string | null, uid: number): Notice {
  const fd = device === null ? undefined : openTerminal(device, uid);
  if (fd === undefined) return silence;
  return {
    failed(job, how) {
      const text =
        'exitCode' in how
          ? `daft: background job '${job}' failed (exit code: ${how.exitCode}) -- daft hooks jobs logs ${job}`
          : `daft: background job '${job}' failed: ${how.error}`;
      try {
        writeSync(fd, `${text}\n`);
      } catch (error) {
        if (!(error instanceof Error)) throw error; // hung up, or held by Ctrl-S: a notice is never worth waiting for
      }
    },
    close: () => closeSync(fd),
  };
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
