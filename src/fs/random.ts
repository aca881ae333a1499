import { closeSync, openSync, readSync } from 'node:fs';

/** Random bytes, at most 256. The kernel's device gives them in microseconds; node:crypto takes 2 ms to load. */
export function randomBytes(count: number): Buffer {
  const bytes = Buffer.alloc(count);
  const fd = openSync('/dev/urandom', 'r');
  try {
    // Up to 256 bytes come at once or not at all, see urandom(4).
    if (readSync(fd, bytes, 0, count, null) !== count) throw new Error('/dev/urandom gave less than it was asked for');
  } finally {
    closeSync(fd);
  }
  return bytes;
}
