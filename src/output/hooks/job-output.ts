import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bytes kept in memory; what comes after them goes to a file. */
const memoryLimitBytes = 256 * 1024;
const pieceBytes = 64 * 1024;

/** Everything a job has written, kept until it is printed for good: byte by byte, whatever its size. */
export class JobOutput implements Disposable {
  #pieces: Uint8Array[] = [];
  #inMemoryBytes = 0;
  #file: number | undefined;
  #full = false;

  get empty(): boolean {
    return this.#pieces.length === 0 && this.#file === undefined;
  }

  append(chunk: Uint8Array): void {
    if (this.#inMemoryBytes >= memoryLimitBytes && !this.#full) this.#spill();
    this.#pieces.push(chunk);
    this.#inMemoryBytes += chunk.byteLength;
  }

  /** From the first byte to the last. */
  *read(): Generator<Uint8Array> {
    if (this.#file !== undefined) {
      const buffer = Buffer.alloc(pieceBytes);
      for (let at = 0, count = 0; (count = readSync(this.#file, buffer, 0, pieceBytes, at)) > 0; at += count) yield buffer.subarray(0, count);
    }
    yield* this.#pieces;
  }

  #spill(): void {
    try {
      this.#file ??= openUnnamed();
      for (const piece of this.#pieces) writeFileSync(this.#file, piece);
    } catch {
      // No room for temporary files: memory has to do, for what is shown must be whole.
      this.#full = true;
      return;
    }
    this.#pieces = [];
    this.#inMemoryBytes = 0;
  }

  [Symbol.dispose](): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
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
