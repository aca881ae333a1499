import { expect, test } from 'vitest';
import { createLineSpool } from '../../src/hooks/line-spool';

function spool(write: (spool: ReturnType<typeof createLineSpool>) => void): string {
  const chunks: Buffer[] = [];
  write(createLineSpool((chunk) => chunks.push(Buffer.from(chunk))));
  return Buffer.concat(chunks).toString('latin1');
}

test('half a line of one stream never lands inside a line of the other', () => {
  expect(
    spool((lines) => {
      lines.append(Buffer.from('a1'), 'stdout');
      lines.append(Buffer.from('b1\nb2'), 'stderr');
      lines.append(Buffer.from('a2\n\na3'), 'stdout');
      lines.end();
    }),
  ).toBe('b1\na1a2\n\na3\nb2\n');
});

test('bytes stay what they are', () => {
  expect(spool((lines) => { lines.append(Buffer.from([0xff, 0x00, 0x0a]), 'stdout'); lines.end(); })).toBe('\xff\0\n');
});

test('an endless line is let go in pieces', () => {
  let held = 0;
  let longest = 0;
  const lines = createLineSpool(({ length }) => { held -= length; });
  for (let index = 0; index < 100; index++) {
    held += 8192;
    lines.append(Buffer.alloc(8192, 'x'), 'stdout');
    longest = Math.max(longest, held);
  }
  expect(longest).toBeLessThanOrEqual(64 * 1024 + 8192);
});

test('a long line is ended once, at its end', () => {
  const long = 'x'.repeat(100_000);
  expect(spool((lines) => { lines.append(Buffer.from(long), 'stdout'); lines.append(Buffer.from('y'), 'stdout'); lines.end(); })).toBe(`${long}y\n`);
  expect(spool((lines) => { lines.append(Buffer.from(long), 'stdout'); lines.end(); })).toBe(`${long}\n`);
  expect(spool((lines) => { lines.append(Buffer.from(`${long}\n`), 'stdout'); lines.end(); })).toBe(`${long}\n`);
});
