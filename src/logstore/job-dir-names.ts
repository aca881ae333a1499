import { sha256 } from '../fs';
import { invocationFiles } from './store';

const longest = 200;

/**
 * Directory names for these job names (jobs.md 3.2), in the same order; what collides gets `~2`, `~3`, ... None is over
 * 200 bytes, hidden, or a path.
 */
export function jobDirNames(names: readonly string[], options: { caseSensitive: boolean } = here): string[] {
  const taken = new Set(invocationFiles.map((name) => keyOf(name, options)));
  return names.map((name) => {
    const plain = encode(name);
    let dir = plain;
    for (let count = 2; taken.has(keyOf(dir, options)); count += 1) {
      const suffix = `~${count}`;
      dir = cut(plain, longest - suffix.length) + suffix;
    }
    taken.add(keyOf(dir, options));
    return dir;
  });
}

const here = { caseSensitive: process.platform !== 'darwin' };

function keyOf(dir: string, { caseSensitive }: { caseSensitive: boolean }): string {
  return caseSensitive ? dir : dir.normalize('NFC').toLowerCase();
}

function encode(name: string): string {
  // A percent sign of its own cannot come from anything else: that one would be %25.
  if (name === '') return '%';
  // What is no valid UTF-16 cannot be a file name as it stands.
  const encoded = Buffer.from(name).toString().replaceAll(/[/%\p{Cc}]|^\./gu, percentEncode);
  if (Buffer.byteLength(encoded) <= longest) return encoded;
  return `${cut(encoded, 190)}~${sha256(name).slice(0, 8)}`;
}

function percentEncode(text: string): string {
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

/** The longest beginning of at most `bytes` bytes that ends between two characters. */
function cut(text: string, bytes: number): string {
  const buffer = Buffer.from(text);
  let end = Math.min(bytes, buffer.length);
  while (end > 0 && end < buffer.length && (buffer.readUInt8(end) & 0xc0) === 0x80) end -= 1;
  return buffer.subarray(0, end).toString();
}
