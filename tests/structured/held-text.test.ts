import { existsSync, mkdirSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { HeldText } from '../../src/output/held-text';
import { temporaryHome } from '../support';

afterEach(() => void vi.unstubAllEnvs());

const line = (number: number): string => `line ${number} ${'ü'.repeat(number % 300)}\n`;
const textOf = (held: HeldText): string => Buffer.concat(Array.from(held.pieces(), (piece) => Buffer.from(piece))).toString();

/** What this process has open in a directory. */
const openIn = (directory: string): string[] =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    const path = `/proc/self/fd/${fd}`;
    const target = existsSync(path) ? readlinkSync(path) : '';
    return target.startsWith(directory) ? [target] : [];
  });

test.each([0, 1, 20, 9_000])('%d lines come out as they went in, all of them and each by its place', async (count) => {
  await using home = await temporaryHome();
  vi.stubEnv('TMPDIR', home.root);
  using held = new HeldText();
  const places = Array.from({ length: count }, (_, number) => held.add(line(number)));
  const lines = Array.from({ length: count }, (_, number) => line(number));
  expect(textOf(held)).toBe(lines.join(''));
  expect(places.map((at, number) => held.part(at, places[number + 1] ?? held.length))).toEqual(lines);
});

test('one that is longer than all that is held at once is whole', async () => {
  await using home = await temporaryHome();
  vi.stubEnv('TMPDIR', home.root);
  using held = new HeldText();
  const long = 'x'.repeat(700_000);
  const places = ['a\n', long, 'b\n', long].map((text) => held.add(text));
  expect(textOf(held)).toBe(`a\n${long}b\n${long}`);
  expect(held.part(places[1] ?? 0, places[2] ?? 0)).toBe(long);
});

test('a long one waits in a file without a name, which goes with it', async () => {
  await using home = await temporaryHome();
  vi.stubEnv('TMPDIR', home.root);
  const before = readdirSync(home.root);
  {
    using held = new HeldText();
    for (let number = 0; number < 9_000; number += 1) held.add(line(number));
    expect(readdirSync(home.root)).toEqual(before);
    expect(openIn(home.root)).toHaveLength(1);
  }
  expect(openIn(home.root)).toEqual([]);
});

test('it waits in memory where there is no place for a file', async () => {
  await using home = await temporaryHome();
  const nowhere = join(home.root, 'nowhere');
  vi.stubEnv('TMPDIR', nowhere);
  using held = new HeldText();
  for (let number = 0; number < 9_000; number += 1) held.add(line(number));
  mkdirSync(nowhere);
  expect(readdirSync(nowhere)).toEqual([]);
  expect(textOf(held)).toBe(Array.from({ length: 9_000 }, (_, number) => line(number)).join(''));
});
