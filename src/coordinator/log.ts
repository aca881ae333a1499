import { constants, fstatSync, ftruncateSync, writeSync } from 'node:fs';
import { pino, stdTimeFunctions, type Logger } from 'pino';
import { openPlainFile } from '../fs';

export interface CoordinatorLog {
  logger: Logger;
  /** For the one that was elected: what its predecessors and rivals had to say is over. */
  empty(): void;
}

const maxBytes = 1024 * 1024;

/** Diagnostics of all coordinators of a repository in one file of at most 1 MiB. What cannot be written is lost. */
export function openLog(path: string): CoordinatorLog {
  const fd = ignoreSystemErrors(() => openPlainFile(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT));
  // Synchronous: the last words before a crash are the ones that matter.
  const write = (line: string) => {
    if (fd === undefined) return;
    ignoreSystemErrors(() => {
      if (fstatSync(fd).size + Buffer.byteLength(line) > maxBytes) ftruncateSync(fd);
      writeSync(fd, line);
    });
  };
  return {
    logger: pino({ base: { pid: process.pid }, timestamp: stdTimeFunctions.isoTime }, { write }),
    empty: () => {
      if (fd !== undefined) ignoreSystemErrors(() => ftruncateSync(fd));
    },
  };
}

/** A full disk must not end a coordinator that only wanted to say so. */
function ignoreSystemErrors<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return undefined;
    throw error;
  }
}
