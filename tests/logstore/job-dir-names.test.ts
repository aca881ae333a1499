import * as fc from '../support/properties';
import { expect, test } from 'vitest';
import { jobDirNames } from '../../src/logstore';
import { jobDirNames as namesFor } from '../../src/logstore/job-dir-names';

test.each([
  ['build', 'build'],
  ['build step ü', 'build step ü'],
  ['x'.repeat(200), 'x'.repeat(200)],
  ['a/b', 'a%2Fb'],
  ['100%', '100%25'],
  ['..', '%2E.'],
  ['.hidden', '%2Ehidden'],
  ['a.b', 'a.b'],
  ['a\0b\n', 'a%00b%0A'],
  ['\u0085', '%C2%85'],
  ['', '%'],
])('the job %j is kept in %j', (name, dir) => {
  expect(jobDirNames([name])).toEqual([dir]);
});

test('a long name is cut at 190 bytes, between characters, and told apart by a hash', () => {
  const [first, second, wide] = jobDirNames([`${'x'.repeat(200)}a`, `${'x'.repeat(200)}b`, 'ü'.repeat(101)]);
  expect(first).toMatch(/^x{190}~[\da-f]{8}$/);
  expect(second).not.toBe(first);
  expect(wide).toMatch(/^ü{95}~[\da-f]{8}$/);
});

test('what collides is numbered', () => {
  expect(jobDirNames(['a', 'a', 'a~2', 'a'])).toEqual(['a', 'a~2', 'a~2~2', 'a~3']);
  expect(jobDirNames(['plan.json', 'env.json', 'invocation.json', 'meta.json'])).toEqual(['plan.json~2', 'env.json~2', 'invocation.json~2', 'meta.json']);
  expect(namesFor(['Plan.json'], { caseSensitive: false })).toEqual(['Plan.json~2']);
  expect(namesFor(['Build', 'build'], { caseSensitive: false })).toEqual(['Build', 'build~2']);
});

const anyName = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom('', '.', '..', 'plan.json', 'Plan.json', 'e\u0301', '\u00E9', 'x'.repeat(10_000), 'a/b', '%', '~2', 'a~2', 'a', '.deleting-a', '\uD800'));

test('no two jobs share a directory, none escapes, none is hidden, none is over 200 bytes', () => {
  fc.assert(
    fc.property(fc.array(anyName, { maxLength: 20 }), (names) => {
      const dirs = jobDirNames(names);
      expect(dirs).toHaveLength(names.length);
      expect(new Set(dirs).size).toBe(names.length);
      for (const dir of dirs) {
        expect(dir).toMatch(/^[^./\p{Cc}][^/\p{Cc}]*$/u);
        expect(Buffer.byteLength(dir)).toBeLessThanOrEqual(200);
        expect(Buffer.from(dir).toString()).toBe(dir);
      }
    }),
  );
});

test('ten thousand names of one hook share no directory, whatever the file system takes for the same', () => {
  fc.assert(
    fc.property(fc.array(anyName, { minLength: 1_000, maxLength: 1_000 }), fc.boolean(), (names, caseSensitive) => {
      const dirs = namesFor(names, { caseSensitive });
      const seenAs = caseSensitive ? dirs : dirs.map((dir) => dir.normalize('NFC').toLowerCase());
      expect(new Set(seenAs).size).toBe(names.length);
    }),
    { numRuns: 10 },
  );
});
