import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bytes kept in memory; what comes after them goes to a file. */
const memoryLimitBytes = 256 * 1024;
const pieceBytes = 64 * 1024;

/** Everything a job has written, kept until it is printed for good: byte by byte, whatever its size. */
export class JobOutput implements Disposable {
  /** Where the next bytes go. Back in memory is where there is no room for files: what is shown must be whole. */
  #place: 'memory' | 'file' | 'back-in-memory' = 'memory';
  #file: number | undefined;
  #fileBytes = 0;
  /** What comes behind the file. */
  #pieces: Uint8Array[] = [];
  #inMemoryBytes = 0;

  get empty(): boolean {
    return this.#fileBytes === 0 && this.#pieces.length === 0;
  }

  /** Takes a copy of `chunk`. */
  append(chunk: Uint8Array): void {
    if (this.#place === 'memory' && this.#inMemoryBytes + chunk.byteLength > memoryLimitBytes) {
      this.#place = 'file';
      while (this.#pieces[0] !== undefined && this.#writeToFile(this.#pieces[0])) this.#pieces.shift();
    }
    if (this.#place === 'file' && this.#writeToFile(chunk)) return;
    this.#pieces.push(Uint8Array.from(chunk));
    this.#inMemoryBytes += chunk.byteLength;
  }

  /** From the first byte to the last, in pieces each of which lasts until the next. */
  *read(): Generator<Uint8Array> {
    if (this.#file !== undefined) {
      const buffer = Buffer.allocUnsafeSlow(pieceBytes);
      for (let at = 0; at < this.#fileBytes; ) {
        const count = readSync(this.#file, buffer, 0, Math.min(pieceBytes, this.#fileBytes - at), at);
        if (count === 0) break;
        at += count;
        yield buffer.subarray(0, count);
      }
    }
    yield* this.#pieces;
  }

  /** False, from then on, if there is no room; what has come of these bytes by then does not count. */
  #writeToFile(bytes: Uint8Array): boolean {
    try {
      this.#file ??= openUnnamed();
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at, bytes.length - at, this.#fileBytes + at);
    } catch {
      this.#place = 'back-in-memory';
      return false;
    }
    this.#fileBytes += bytes.length;
    return true;
  }

  [Symbol.dispose](): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#fileBytes = 0;
    this.#pieces = [];
  }
}

/** A file that has no name from the start, so that no ending of ours leaves it behind. */
function openUnnamed(): number {
  const directory = mkdtempSync(join(tmpdir(), 'daft-output-'));
  try {
    return openSync(join(directory, 'output'), 'wx+', 0o600);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
