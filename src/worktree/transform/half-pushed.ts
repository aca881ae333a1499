import { lstatSync, readlinkSync, unlinkSync, type BigIntStats } from 'node:fs';
import { dirname, join } from 'node:path';
import { fault } from '../../fault';
import { lstatIfExists, unlessMissing } from '../../fs';
import type { Git } from '../../git';
import { removeEmptyParents } from '../empty-parents';

/** A file as git names it, in a tree or in the index. */
interface Entry {
  mode: string;
  oid: string;
}

/** What a stash entry has of a path; undefined where there was no such file. */
interface StashedPath {
  /** In the commit that it was made on. */
  head: Entry | undefined;
  staged: Entry | undefined;
  worked: Entry | undefined;
  untracked: Entry | undefined;
}

/** At the end of a path: a file or a link with what it is told by; or nothing, because of something else in its place or on the way. */
type Found = { kind: 'file'; stats: BigIntStats } | { kind: 'absent' } | { kind: 'obstructed' };

export type Finish = { kind: 'finished' } | { kind: 'refused'; reason: string };

/**
 * Where `git stash push` was killed after it had stored its entry, part of the changes is in the entry and in the worktree
 * as well, and git does not apply the one over the other. Takes that part out of the worktree: of the paths that the entry
 * speaks of, and of no others. If one of these is neither what the entry has nor what was committed, to the byte, nothing
 * is touched. The same for what an application has brought, when that was killed before the entry was dropped.
 */
export async function finishPush(git: Git, worktree: string, commit: string): Promise<Finish> {
  const attempt = 'Failed to look into the stash';
  const [gitDir = '', head, base = '', staged = '', untracked] = (await git.run(worktree, ['rev-parse', '--absolute-git-dir', 'HEAD', `${commit}^@`], attempt)).split('\n');
  const lock = join(gitDir, 'index.lock');
  if (lstatIfExists(lock)) return { kind: 'refused', reason: `git is at work there, or was killed: if none is running, remove '${lock}'` };
  if (head !== base) return { kind: 'finished' }; // whether it can be applied to another commit, git can tell

  const stashed = await readStash(git, worktree, { base, staged, worked: commit, untracked });
  const changed = await readChangedIndex(git, worktree);
  const entries = [...stashed].filter(([, path]) => !isSubmodule(path));
  const isAsCommitted = ([name, path]: [string, StashedPath]) => !changed.has(name) && (path.head !== undefined || lookAt(worktree, name).kind !== 'file');
  if (entries.every(isAsCommitted)) return { kind: 'finished' };

  const doubtful = (await findUnusual(git, worktree, stashed)) ?? entries.find(([name]) => lookAt(worktree, name).kind === 'obstructed')?.[0];
  if (doubtful !== undefined) return { kind: 'refused', reason: `'${doubtful}' cannot be compared with what is in the stash` };
  const found = await readFiles(git, worktree, entries.filter((entry) => !isAsCommitted(entry)).map(([name]) => name));
  const copies: { name: string; stats: BigIntStats }[] = [];
  for (const [name, path] of entries) {
    const file = found.get(name);
    const isKnown = [path.head, path.staged, path.worked].some((entry) => isSame(entry, changed.has(name) ? changed.get(name) : path.head));
    if (isKnown && (file === undefined || isSame(file.entry, path.head))) continue;
    // One without a byte git was about to write when it was killed: there is nothing in it to lose.
    if (!isKnown || file === undefined || !(file.stats.size === 0n || [path.worked, path.untracked].some((entry) => isSame(entry, file.entry)))) {
      return { kind: 'refused', reason: `'${name}' is neither what the stash has nor what was committed` };
    }
    copies.push({ name, stats: file.stats });
  }
  await resetIndex(git, worktree, entries.filter(([name]) => changed.has(name)), { absent: '0'.repeat(base.length) });
  if (DAFT_FAULTS) fault('transform: index reset');
  for (const { name, stats } of copies) removeCopy(worktree, name, stats);
  await restoreCommitted(git, worktree, entries.filter(([name, { head: committed }]) => committed && lookAt(worktree, name).kind === 'absent').map(([name]) => name));
  return { kind: 'finished' };
}

function isSame(one: Entry | undefined, other: Entry | undefined): boolean {
  return one?.mode === other?.mode && one?.oid === other?.oid;
}

function isSubmodule({ head, staged, worked, untracked }: StashedPath): boolean {
  return [head, staged, worked, untracked].some((entry) => entry?.mode === '160000');
}

/** What an entry has, by path. */
async function readStash(git: Git, worktree: string, { base, staged, worked, untracked }: { base: string; staged: string; worked: string; untracked: string | undefined }): Promise<Map<string, StashedPath>> {
  const attempt = 'Failed to look into the stash';
  const differences = async (commit: string) => parseRawDiff(await git.run(worktree, ['diff-tree', '-r', '-z', '--no-renames', base, commit], attempt));
  const ofIndex = await differences(staged);
  const ofFiles = await differences(worked);
  const ofUntracked = untracked === undefined ? new Map<string, Entry>() : parseTree(await git.run(worktree, ['ls-tree', '-r', '-z', '--full-tree', untracked], attempt));
  const names = new Set([...ofIndex.keys(), ...ofFiles.keys(), ...ofUntracked.keys()]);
  return new Map(
    [...names].map((name) => {
      const [inIndex, inFiles] = [ofIndex.get(name), ofFiles.get(name)];
      const head = (inIndex ?? inFiles)?.before;
      return [name, { head, staged: inIndex ? inIndex.after : head, worked: inFiles ? inFiles.after : head, untracked: ofUntracked.get(name) }];
    }),
  );
}

/** @param text `:<mode> <mode> <oid> <oid> <letter>`, path, and so on */
function parseRawDiff(text: string): Map<string, { before: Entry | undefined; after: Entry | undefined }> {
  const fields = text.split('\0');
  const differences = new Map<string, { before: Entry | undefined; after: Entry | undefined }>();
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [before = '', after = '', oidBefore = '', oidAfter = ''] = (fields[index] ?? '').slice(1).split(' ');
    differences.set(fields[index + 1] ?? '', { before: entryOf(before, oidBefore), after: entryOf(after, oidAfter) });
  }
  return differences;
}

function entryOf(mode: string, oid: string): Entry | undefined {
  return mode === '000000' ? undefined : { mode, oid };
}

/** @param text `<mode> <type> <oid>\t<path>` and so on */
function parseTree(text: string): Map<string, Entry> {
  const lines = text.split('\0').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [mode = '', , oid = ''] = line.slice(0, line.indexOf('\t')).split(' ');
      return [line.slice(line.indexOf('\t') + 1), { mode, oid }];
    }),
  );
}

/** Tracked paths that differ from HEAD, in the index or in the worktree, each as the index has it. Unmerged ones are like no entry. */
async function readChangedIndex(git: Git, worktree: string): Promise<Map<string, Entry | undefined>> {
  const text = await git.run(
    worktree,
    ['status', '--porcelain=v2', '-z', '--no-renames', '--untracked-files=no', '--ignore-submodules=all'],
    `Failed to look for uncommitted changes in '${worktree}'`,
  );
  const records = text.split('\0').filter((record) => /^[1u] /.test(record));
  return new Map(
    records.map((record) => {
      const words = record.split(' ');
      if (words[0] === 'u') return [words.slice(10).join(' '), { mode: 'unmerged', oid: '' }];
      return [words.slice(8).join(' '), entryOf(words[4] ?? '', words[7] ?? '')];
    }),
  );
}

/** A path of which git, or the way we ask it, does not tell all: a submodule, a name in an odd encoding, one that is kept out of sight in the index. */
async function findUnusual(git: Git, worktree: string, stashed: ReadonlyMap<string, StashedPath>): Promise<string | undefined> {
  const unusual = [...stashed].find(([name, path]) => isSubmodule(path) || name.includes('\uFFFD')); // no UTF-8: its bytes have not come through
  if (unusual) return unusual[0];
  const text = await git.run(worktree, ['ls-files', '-v', '-z'], 'Failed to read the index');
  return text.split('\0').find((line) => line !== '' && !line.startsWith('H ') && stashed.has(line.slice(2)))?.slice(2);
}

function lookAt(worktree: string, name: string): Found {
  for (let parent = dirname(name); parent !== '.'; parent = dirname(parent)) {
    // Not behind a link: what is there is no file of this worktree.
    if (lstatIfExists(join(worktree, parent))?.isDirectory() === false) return { kind: 'obstructed' };
  }
  const stats = unlessMissing(() => lstatSync(join(worktree, name), { bigint: true }));
  if (stats === undefined) return { kind: 'absent' };
  return stats.isFile() || stats.isSymbolicLink() ? { kind: 'file', stats } : { kind: 'obstructed' };
}

/** Those of the files that are there, as git would add them. */
async function readFiles(git: Git, worktree: string, names: readonly string[]): Promise<Map<string, { entry: Entry; stats: BigIntStats }>> {
  const attempt = 'Failed to compare with the stash';
  // Before their content is read: whoever writes meanwhile is seen by `removeCopy`.
  const present = names.flatMap((name) => {
    const found = lookAt(worktree, name);
    return found.kind === 'file' ? [{ name, stats: found.stats }] : [];
  });
  const files = present.filter(({ stats }) => stats.isFile());
  const input = files.map(({ name }) => `${quote(name)}\n`).join('');
  const oids = files.length === 0 ? [] : (await git.run(worktree, ['hash-object', '--stdin-paths'], attempt, { input })).split('\n');
  const found = new Map(files.map(({ name, stats }, index) => [name, { entry: { mode: stats.mode & 0o100n ? '100755' : '100644', oid: oids[index] ?? '' }, stats }]));
  for (const { name, stats } of present) {
    if (!stats.isSymbolicLink()) continue;
    const oid = await git.run(worktree, ['hash-object', '--stdin'], attempt, { input: readlinkSync(join(worktree, name)) });
    found.set(name, { entry: { mode: '120000', oid }, stats });
  }
  return found;
}

/** As git quotes names in a list that has one in each line. */
function quote(name: string): string {
  return `"${name.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)}"`;
}

/** @param oids.absent that of no object */
async function resetIndex(git: Git, worktree: string, entries: readonly (readonly [name: string, path: StashedPath])[], oids: { absent: string }): Promise<void> {
  if (entries.length === 0) return;
  const lines = entries.map(([name, { head }]) => `${head ? `${head.mode} ${head.oid}` : `0 ${oids.absent}`}\t${name}\0`);
  await git.run(worktree, ['update-index', '-z', '--index-info'], 'Failed to reset the index', { input: lines.join('') });
}

/** @param compared what the file looked like before its content was */
function removeCopy(worktree: string, name: string, compared: BigIntStats): void {
  const path = join(worktree, name);
  const now = lookAt(worktree, name);
  const isUntouched = now.kind === 'file' && (['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const).every((key) => now.stats[key] === compared[key]);
  if (!isUntouched) throw new Error(`'${name}' has just been changed`);
  unlinkSync(path);
  if (DAFT_FAULTS) fault('transform: copy removed');
  removeEmptyParents(path, worktree);
}

/** Without force: it writes over nothing that somebody may have put there in this moment, where a reset would. */
async function restoreCommitted(git: Git, worktree: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await git.run(worktree, ['checkout-index', '-z', '--stdin'], 'Failed to take the stashed changes out', { input: names.map((name) => `${name}\0`).join('') });
}
