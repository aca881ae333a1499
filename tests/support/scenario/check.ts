/** Holds what was expected against what is there. Each complaint is a line or more for the reader of a failed scenario. */

import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TemporaryHome } from '../home';
import { readRecords, type StoredJob } from '../records';
import type { Ran } from '../run';
import type { FileExpectation, RecordExpectation, RunStep, TextExpectation, WorldExpectation } from './schema';

/** Replaces `$WORK` and the like. */
export type Fill = (text: string) => string;

export async function checkRun(home: TemporaryHome, fill: Fill, ran: Ran, expected: RunStep['expect']): Promise<string[]> {
  return [
    ...(ran.exitCode === expected.exit ? [] : [`exit code ${ran.exitCode}, expected ${expected.exit}`]),
    ...(expected.stdout === undefined ? [] : checkText('stdout', ran.stdout, expected.stdout, fill)),
    ...(expected.stderr === undefined ? [] : checkText('stderr', ran.stderr, expected.stderr, fill)),
    ...(await checkWorld(home, fill, expected)),
  ];
}

export async function checkWorld(home: TemporaryHome, fill: Fill, expected: WorldExpectation): Promise<string[]> {
  const files = Object.entries(expected.files ?? {}).flatMap(([path, wanted]) => checkFile(resolve(home.work, fill(path)), wanted, fill));
  const records = (expected.records ?? []).length === 0 ? [] : readRecords(home.state);
  return [
    ...files,
    ...(expected.worktrees === undefined ? [] : await checkWorktrees(home, fill(expected.worktrees.in), expected.worktrees.are)),
    ...(expected.branches === undefined ? [] : await checkBranches(home, fill(expected.branches.in), expected.branches.are)),
    ...(expected.records ?? []).flatMap((wanted) => checkRecord(records, wanted, fill)),
    ...checkProcesses(home, expected.processes ?? {}),
  ];
}

/** Pure. */
export function checkText(what: string, actual: string, expected: TextExpectation, fill: Fill): string[] {
  const complaints: string[] = [];
  if (expected.is !== undefined && actual !== fill(expected.is)) {
    complaints.push(`${what} differs (- expected, + is):\n${difference(fill(expected.is), actual)}`);
  }
  for (const part of expected.contains ?? []) if (!actual.includes(fill(part))) complaints.push(`${what} lacks: ${fill(part)}`);
  for (const part of expected.absent ?? []) if (actual.includes(fill(part))) complaints.push(`${what} must not have: ${fill(part)}`);
  for (const pattern of expected.matches ?? []) if (!new RegExp(fill(pattern), 'm').test(actual)) complaints.push(`${what} does not match: ${fill(pattern)}`);
  return complaints;
}

/** Line by line, without moving any: enough to see what is wrong in output of this size. */
function difference(expected: string, actual: string): string {
  const [wanted, got] = [expected.split('\n'), actual.split('\n')];
  return Array.from({ length: Math.max(wanted.length, got.length) }, (_, index) => {
    if (wanted[index] === got[index]) return `    ${wanted[index]}`;
    return [wanted[index] === undefined ? [] : [`  - ${wanted[index]}`], got[index] === undefined ? [] : [`  + ${got[index]}`]].flat().join('\n');
  }).join('\n');
}

function checkFile(path: string, expected: FileExpectation, fill: Fill): string[] {
  const there = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  if (expected === 'absent') return there ? [`${path} exists`] : [];
  if (!there) return [`${path} does not exist`];
  return expected === 'present' ? [] : checkText(path, readFileSync(path, 'utf8'), expected, fill);
}

async function checkWorktrees(home: TemporaryHome, directory: string, expected: Readonly<Record<string, string>>): Promise<string[]> {
  const cwd = resolve(home.work, directory);
  if (!existsSync(cwd)) return [`there is no ${cwd}`];
  const actual = (await home.git(cwd, 'worktree', 'list', '--porcelain'))
    .split('\n\n')
    .filter((entry) => !/^bare$/m.test(entry))
    .map((entry) => `${/^branch refs\/heads\/(.*)$/m.exec(entry)?.[1] ?? '(detached)'} in ${/^worktree (.*)$/m.exec(entry)?.[1] ?? '?'}`);
  const wanted = Object.entries(expected).map(([branch, path]) => `${branch} in ${resolve(home.work, path)}`);
  const gone = Object.values(expected).filter((path) => !existsSync(resolve(home.work, path)));
  return [...sameList('worktrees', actual, wanted), ...gone.map((path) => `the directory of a worktree is missing: ${path}`)];
}

async function checkBranches(home: TemporaryHome, directory: string, expected: readonly string[]): Promise<string[]> {
  const cwd = resolve(home.work, directory);
  if (!existsSync(cwd)) return [`there is no ${cwd}`];
  const actual = await home.git(cwd, 'for-each-ref', '--format=%(refname:short)', 'refs/heads');
  return sameList('branches', actual.split('\n').filter(Boolean), expected);
}

function sameList(what: string, actual: readonly string[], expected: readonly string[]): string[] {
  const [is, wanted] = [actual.toSorted().join(', '), expected.toSorted().join(', ')];
  return is === wanted ? [] : [`${what} are ${is || '(none)'}\n  expected ${wanted || '(none)'}`];
}

/** The newest record of that name counts. Pure. */
export function checkRecord(records: readonly StoredJob[], expected: RecordExpectation, fill: Fill): string[] {
  const what = `record of '${expected.job}'${expected.worktree === undefined ? '' : ` in ${expected.worktree}`}`;
  const found = records.filter(({ name, worktree }) => name === expected.job && (expected.worktree === undefined || worktree === expected.worktree));
  const newest = found.at(-1);
  const complaints: string[] = [];
  if (expected.count !== undefined && found.length !== expected.count) complaints.push(`${what}: there are ${found.length}, expected ${expected.count}`);
  if (newest === undefined) return expected.count === 0 ? complaints : [...complaints, `${what}: none`];
  for (const field of ['status', 'exit_code', 'background'] as const) {
    if (expected[field] !== undefined && newest[field] !== expected[field]) {
      complaints.push(`${what}: ${field} is ${String(newest[field])}, expected ${String(expected[field])}`);
    }
  }
  if (expected.log === 'absent') {
    if (newest.log !== undefined) complaints.push(`${what}: has a log`);
  } else if (expected.log !== undefined) {
    complaints.push(...checkText(`log of '${expected.job}'`, newest.log ?? '', expected.log, fill));
  }
  return complaints;
}

function checkProcesses(home: TemporaryHome, expected: Readonly<Record<string, number>>): string[] {
  if (Object.keys(expected).length === 0) return [];
  const running = home.processes();
  return Object.entries(expected).flatMap(([pattern, count]) => {
    const matching = running.filter(({ commandLine }) => new RegExp(pattern).test(commandLine));
    return matching.length === count ? [] : [`processes like ${pattern}: ${matching.length}, expected ${count}`];
  });
}
