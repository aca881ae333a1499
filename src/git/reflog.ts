import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { unlessMissing } from '../fs';

export interface ReflogEntry {
  name: string;
  email: string;
  atSecs: number;
}

/** Longer than any line git writes for a commit or a branch; of a longer one the message is cut, which nobody asks for. */
const firstLineBytes = 1024;

/**
 * Who made the oldest entry in the reflog of a full ref name, and when: mostly the ref's creation. Undefined without a
 * reflog file. Reads the file itself, for git would read all of it, once per ref.
 */
export function readReflogStart(commonDir: string, ref: string): ReflogEntry | undefined {
  const fd = unlessMissing(() => openSync(join(commonDir, 'logs', ref), 'r'));
  if (fd === undefined) return undefined;
  try {
    const buffer = Buffer.alloc(firstLineBytes);
    const size = unlessMissing(() => readSync(fd, buffer));
    return size === undefined ? undefined : parseReflogLine(buffer.toString('utf8', 0, size));
  } finally {
    closeSync(fd);
  }
}

/** `<old> <new> <name> <<email>> <seconds> <zone>	<message>`, see git-update-ref(1). */
export function parseReflogLine(line: string): ReflogEntry | undefined {
  const [, name, email, seconds] = /^[0-9a-f]+ [0-9a-f]+ ([^<\n]*?) ?<([^>\n]*)> (\d+) [+-]\d+/.exec(line) ?? [];
  if (name === undefined || email === undefined) return undefined;
  return { name, email, atSecs: Number(seconds) };
}
