import { closeSync, fstatSync, readSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { isErrno } from '../fs';
import { jobDirPath, outputLogPath } from '../logstore';
import { readJobsAgain } from './active';
import type { JobRef } from './active';
import { openLog } from './logs';
import { mend } from './mend';
import type { Mending } from './mend';
import { isActive } from './types';
import type { JobRow } from './types';

/** Both the floor of prompt answers where watching does not work, and the most often we look at a record. */
const pollMs = 100;
const mendEveryMs = 1000;
const chunkBytes = 64 * 1024;

/**
 * Hands on the log of a job as it grows, from its beginning until the job has ended and the last byte is through.
 *
 * @param options.write resolves when the reader can take more: nothing is read ahead of it
 * @param options.signal ends the following, not the job
 * @returns the job as it ended; undefined if its record vanished, or the following was ended
 */
export async function followLog(
  ref: JobRef,
  options: Mending & { coordinatorLive: boolean; write: (chunk: Buffer) => Promise<void>; signal: AbortSignal },
): Promise<JobRow | undefined> {
  const { store, signal, write } = options;
  using log = new GrowingFile(outputLogPath(store, ref.id, ref.dir));
  using bell = new Bell(jobDirPath(store, ref.id, ref.dir), signal);
  let { coordinatorLive } = options;
  let lookedAt = -Infinity;
  let mendedAt = performance.now();
  while (!signal.aborted) {
    for (let chunk = log.read(); chunk !== undefined; chunk = log.read()) {
      await write(chunk);
      if (signal.aborted) return undefined;
    }
    const now = performance.now();
    if (now - lookedAt >= pollMs) {
      lookedAt = now;
      const [job] = readJobsAgain(store, [ref], { coordinatorLive });
      if (job === undefined) return undefined;
      if (!isActive(job)) {
        // The log is final when the record is: what came in between the two looks is all that is left.
        for (let chunk = log.read(); chunk !== undefined; chunk = log.read()) await write(chunk);
        return job;
      }
    }
    if (now - mendedAt >= mendEveryMs) {
      mendedAt = now;
      ({ coordinatorLive } = await mend(options));
    }
    await bell.ring(lookedAt + pollMs - now);
  }
  return undefined;
}

/**
 * Reads on where it stopped, from a file that may not be there yet. Once open, it survives the deletion of its name; of
 * one that was emptied meanwhile (a log that had grown too long) it reads what has come since.
 */
class GrowingFile implements Disposable {
  readonly #path: string;
  readonly #buffer = Buffer.allocUnsafe(chunkBytes);
  #fd: number | undefined;
  #offset = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** The next bytes, valid until the next call; undefined when there are none now. */
  read(): Buffer | undefined {
    this.#fd ??= openLog(this.#path);
    if (this.#fd === undefined) return undefined;
    const length = readSync(this.#fd, this.#buffer, 0, chunkBytes, this.#offset);
    this.#offset += length;
    if (length > 0) return this.#buffer.subarray(0, length);
    if (fstatSync(this.#fd).size >= this.#offset) return undefined;
    this.#offset = 0;
    return this.read();
  }

  [Symbol.dispose](): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
  }
}

/** Rings when something happens in a directory, at the latest after a given time; the directory may come later. */
class Bell implements Disposable {
  readonly #path: string;
  readonly #signal: AbortSignal;
  #watcher: FSWatcher | undefined;
  #happened = false;
  #wake: () => void = () => {};

  constructor(path: string, signal: AbortSignal) {
    this.#path = path;
    this.#signal = signal;
    signal.addEventListener('abort', this.#happen);
  }

  readonly #happen = (): void => {
    this.#happened = true;
    this.#wake();
  };

  async ring(atLatestMs: number): Promise<void> {
    this.#watcher ??= this.#startWatching();
    if (!this.#happened) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, atLatestMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#happened = false;
  }

  #startWatching(): FSWatcher | undefined {
    try {
      return watch(this.#path, this.#happen).on('error', () => {
        // Watches are a favour of the system; the clock rings anyway.
        this.#watcher?.close();
      });
    } catch (error) {
      if (isErrno(error, 'ENOENT', 'ENOSPC', 'EMFILE', 'ENOSYS', 'EACCES')) return undefined;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#signal.removeEventListener('abort', this.#happen);
    this.#watcher?.close();
  }
}
