import { isErrno, lstatIfExists } from '../fs';

interface Watched {
  path: string;
  limitBytes: number;
  exceeded: () => void;
}

const lookEveryMs = 1_000;

/**
 * Looks at the logs of running jobs once a second, and at nothing while there are none. A job may be ahead of the limit by
 * what it writes in that second: nothing of ours stands between it and its log.
 */
export class LogWatch {
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;

  /** Calls `exceeded` once, as soon as the file is seen to be larger than `limitBytes`. */
  add(path: string, limitBytes: number, exceeded: () => void): Disposable {
    const watched: Watched = { path, limitBytes, exceeded };
    this.#watched.add(watched);
    this.#timer ??= setInterval(() => this.#look(), lookEveryMs);
    return { [Symbol.dispose]: () => this.#drop(watched) };
  }

  #look(): void {
    for (const watched of this.#watched) {
      if (sizeOf(watched.path) <= watched.limitBytes) continue;
      this.#drop(watched);
      watched.exceeded();
    }
  }

  #drop(watched: Watched): void {
    this.#watched.delete(watched);
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** 0 for a log that was deleted, or that cannot be looked at now: its job is not stopped on a suspicion. */
function sizeOf(path: string): number {
  try {
    return lstatIfExists(path)?.size ?? 0;
  } catch (error) {
    if (isErrno(error, 'EACCES', 'EIO', 'ELOOP', 'ENOMEM', 'ESTALE')) return 0;
    throw error;
  }
}
