import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkout } from '../support';

// A check that passes whatever one writes is worse than none: both are shown a copy of the house in which all of this is
// wrong. That they pass for the house itself is seen in `npm run lint`.
const wrongImports: [what: string, path: string, source: string, rule: string][] = [
  ['an adapter that knows an operation', 'fs/planted.ts', "import type { HookEvent } from '../hooks';\nexport type Planted = HookEvent;\n", 'fs-stays-in-its-room'],
  ['an operation that prints', 'worktree/planted.ts', "export { createMessages } from '../output';\n", 'worktree-stays-in-its-room'],
  ['a presenter that reads the disk', 'output/planted.ts', "export { readTextIfExists } from '../fs';\n", 'output-knows-types-only'],
  ['a neighbour who does not ring', 'jobs/planted.ts', "import type { Plan } from '../logstore/types';\nexport type Planted = Plan;\n", 'neighbours-meet-at-the-face'],
  ['an engine that knows its house', 'output/tera/planted.ts', "export { createPalette } from '../colour';\n", 'tera-stands-alone'],
  ['a look inside the engine', 'output/planted-peek.ts', "export { Fault } from './tera/fault';\n", 'tera-has-one-door'],
  ['an import of nothing', 'hooks/planted.ts', "export { nothing } from './nowhere';\n", 'resolvable'],
];
const wrongLines: [what: string, path: string, source: string, rule: string][] = [
  ['any', 'git/any.ts', 'export const trusting = (value: any): string => String(value);\n', 'no-explicit-any'],
  ['a promise that nobody awaits', 'git/promise.ts', 'export function forget(): void {\n  Promise.resolve(1);\n}\n', 'no-floating-promises'],
  ['a switch that forgets a case', 'git/switch.ts', "export function glyph(state: 'on' | 'off'): void {\n  switch (state) {\n    case 'on':\n      glyph('off');\n  }\n}\n", 'switch-exhaustiveness-check'],
  ['process.exit', 'git/exit.ts', 'export const leave = (): never => process.exit(1);\n', 'no-process-exit'],
];

let copy: string;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'daft-rules-'));
  for (const path of ['src', 'package.json', 'tsconfig.json', '.oxlintrc.json', '.dependency-cruiser.cjs']) {
    cpSync(join(checkout, path), join(copy, path), { recursive: true });
  }
  symlinkSync(join(checkout, 'node_modules'), join(copy, 'node_modules'));
  for (const [, path, source] of [...wrongImports, ...wrongLines]) {
    mkdirSync(dirname(join(copy, 'src', path)), { recursive: true });
    writeFileSync(join(copy, 'src', path), source);
  }
});
afterAll(() => rmSync(copy, { recursive: true }));

describe('the check of the architecture refuses', () => {
  let complaints: string;
  beforeAll(() => {
    complaints = complaintsOf('depcruise', '--config', '.dependency-cruiser.cjs', 'src');
  });
  test.each(wrongImports)('%s', (_what, path, _source, rule) => {
    expect(complaints).toMatch(new RegExp(`error ${rule}: src/${path}`));
  });
});

describe('the lint refuses', () => {
  let complaints: string;
  beforeAll(() => {
    complaints = complaintsOf('oxlint', '--deny-warnings', '--format=unix', 'src/git');
  });
  test.each(wrongLines)('%s', (_what, path, _source, rule) => {
    expect(complaints).toMatch(new RegExp(`src/${path}:.*${rule}`));
  });
});

/** @throws Error if the program is content */
function complaintsOf(program: string, ...args: string[]): string {
  try {
    execFileSync(join(checkout, 'node_modules/.bin', program), args, { cwd: copy, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    // eslint-disable-next-line no-control-regex -- the colours of a terminal are no part of a complaint
    if (error instanceof Error && 'stdout' in error) return String(error.stdout).replaceAll(/\u001B\[\d+m/g, '');
    throw error;
  }
  throw new Error(`${program} has nothing to complain about`);
}
