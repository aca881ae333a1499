import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { Socket, type OnReadOpts, type SocketConstructorOpts } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { isErrno } from '../fs';

export interface Pipe {
  /** Hands what it reads to `take`, and nothing to its 'data' listeners. */
  readonly reader: Readable;
  /** For the child; close it after the spawn. */
  readonly writer: number;
  /** To be set before the child writes. The chunk lasts as long as the call; false stops the reading until `reader.resume()`. */
  take: (chunk: Buffer) => boolean;
}

/** As much as a pipe holds. */
const chunkBytes = 64 * 1024;

/**
 * Opens `count` pipes for the output of a child. Node's own are sockets, which cannot be opened again by name: a job
 * that says `>/dev/stderr` would fail. Node offers no pipe(2), so these are FIFOs that lose their names at once.
 *
 * @returns undefined where there is no mkfifo(1) or no place for them; sockets must do then
 */
export async function openPipes(count: number): Promise<Pipe[] | undefined> {
  let directory: string | undefined;
  const open: number[] = [];
  try {
    directory = mkdtempSync(join(tmpdir(), 'daft-'));
    const paths = Array.from({ length: count }, (_, index) => join(directory ?? '', String(index)));
    if (!(await makeFifos(paths))) return undefined;
    const ends = paths.map((path) => {
      // The reader first, and without waiting: a writer would wait for it.
      const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      open.push(reader);
      const writer = openSync(path, constants.O_WRONLY);
      open.push(writer);
      return { reader, writer };
    });
    return ends.map(({ reader, writer }) => pipeOf(reader, writer));
  } catch (error) {
    for (const fd of open) closeSync(fd);
    if (isErrno(error, 'ENOENT', 'EACCES', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENXIO', 'ENOTDIR', 'EPERM')) return undefined;
    throw error;
  } finally {
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  }
}

function pipeOf(fd: number, writer: number): Pipe {
  // One buffer for all that comes: a fresh one for every chunk is garbage by the gigabyte, and we grow by tens of megabytes.
  const buffer = Buffer.allocUnsafeSlow(chunkBytes);
  const onread: OnReadOpts = { buffer, callback: (length) => pipe.take(buffer.subarray(0, length)) };
  const options: SocketConstructorOpts & { onread: OnReadOpts } = { fd, readable: true, writable: false, onread };
  const pipe: Pipe = { reader: new Socket(options), writer, take: () => true };
  return pipe;
}

async function makeFifos(paths: readonly string[]): Promise<boolean> {
  const child = spawn('mkfifo', ['-m', '600', ...paths], { stdio: 'ignore' });
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code === 0;
  } catch {
    return false; // no such program, or no more processes: the job's own spawn will tell
  }
}
