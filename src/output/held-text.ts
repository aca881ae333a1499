import { closeSync, constants, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const firstBytes = 1 << 12;
/** No more than this is held in memory. */
const heldBytes = 1 << 18;

/**
 * A text that must be complete before any of it is shown. A long one waits in a temporary file without a name, so that the
 * history of a year needs no more memory than that of a day; where there is no place for one, in memory.
 */
export class HeldText implements Disposable {
  #file: number | 'none-yet' | 'refused' = 'none-yet';
  #filedBytes = 0;
  /** What comes after that. */
  #buffer = Buffer.allocUnsafeSlow(firstBytes);
  #used = 0;

  /** Returns how long the text was before. */
  add(text: string): number {
    const size = Buffer.byteLength(text);
    if (this.#used + size > this.#buffer.length) this.#makeRoom(size);
    const at = this.length;
    this.#used += this.#buffer.write(text, this.#used);
    return at;
  }

  /** In bytes. */
  get length(): number {
    return this.#filedBytes + this.#used;
  }

  /** All of it. Each piece lasts until the next. */
  *pieces(): Generator<Buffer> {
    const scratch = Buffer.allocUnsafeSlow(Math.min(heldBytes, this.#filedBytes));
    for (let at = 0; at < this.#filedBytes; at += heldBytes) yield this.#read(scratch.subarray(0, this.#filedBytes - at), at);
    if (this.#used > 0) yield this.#buffer.subarray(0, this.#used);
  }

  /** What was added at one go, from one place to the next. */
  part(from: number, to: number): string {
    if (from >= this.#filedBytes) return this.#buffer.toString('utf8', from - this.#filedBytes, to - this.#filedBytes);
    return this.#read(Buffer.allocUnsafe(to - from), from).toString();
  }

  [Symbol.dispose](): void {
    if (typeof this.#file === 'number') closeSync(this.#file);
    this.#file = 'refused';
  }

  #makeRoom(size: number): void {
    if (this.#used + size > heldBytes && this.#used > 0 && this.#moveToFile()) {
      if (size <= this.#buffer.length) return;
    }
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#used + size, 2 * this.#buffer.length));
    this.#buffer.copy(larger, 0, 0, this.#used);
    this.#buffer = larger;
  }

  #moveToFile(): boolean {
    if (this.#file === 'none-yet') this.#file = openNameless() ?? 'refused';
    if (this.#file === 'refused') return false;
    try {
      for (let written = 0; written < this.#used; ) {
        written += writeSync(this.#file, this.#buffer, written, this.#used - written, this.#filedBytes + written);
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      return false; // full: tried again with twice as much
    }
    this.#filedBytes += this.#used;
    this.#used = 0;
    return true;
  }

  #read(target: Buffer, at: number): Buffer {
    if (typeof this.#file !== 'number') throw new TypeError('the text has been let go of');
    for (let filled = 0; filled < target.length; ) {
      const read = readSync(this.#file, target, filled, target.length - filled, at + filled);
      if (read === 0) throw new Error('a temporary file has been cut');
      filled += read;
    }
    return target;
  }
}

function openNameless(): number | undefined {
  const path = join(tmpdir(), `daft-${process.pid}-${process.hrtime.bigint()}`);
  try {
    const file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    unlinkSync(path);
    return file;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return undefined;
  }
}
