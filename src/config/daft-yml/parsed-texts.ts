/**
 * What texts were parsed to, below the cache directory: one entry per text, whatever the file and the worktree it stands
 * in. Nobody depends on it, so nothing that goes wrong here is told.
 */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { lstatIfExists, makePrivateDirectory, readTextIfExists, removeFile, writeFileAtomic } from '../../fs';
import type { Form } from '../grammar';

const mostEntries = 100;
/** Characters of an entry. */
const longest = 1 << 20;

/** What is in the file. The text comes along: the name of the file is but a short hash of it. */
interface Entry {
  /** Hash of all that decides what a text means; of another one, the same text may mean something else. */
  grammar: string;
  form: Form;
  text: string;
  /** Missing where the text says nothing. */
  content?: unknown;
}

/** What this text was parsed to; undefined if that is not known. */
export function recallParsed(cacheDir: string, form: Form, text: string): { content: unknown } | undefined {
  return unlessRefused(() => {
    const directory = directoryIn(cacheDir);
    if (!isPrivate(directory)) return undefined;
    const file = readTextIfExists(join(directory, nameOf(form, text)));
    const entry = file === undefined ? undefined : parseEntry(file);
    const matches = entry?.grammar === DAFT_GRAMMAR && entry.form === form && entry.text === text;
    return matches ? { content: entry.content } : undefined;
  });
}

export function rememberParsed(cacheDir: string, form: Form, text: string, content: unknown): void {
  const entry: Entry = { grammar: DAFT_GRAMMAR, form, text, content };
  const file = JSON.stringify(entry);
  if (file.length > longest) return;
  unlessRefused(() => {
    const directory = directoryIn(cacheDir);
    makePrivateDirectory(directory);
    if (!isPrivate(directory)) return;
    writeFileAtomic(join(directory, nameOf(form, text)), file);
    forgetOldest(directory);
  });
}

function directoryIn(cacheDir: string): string {
  return join(cacheDir, 'config');
}

/** What stands here decides which commands run: nobody else may be able to write it. */
function isPrivate(directory: string): boolean {
  const stats = lstatIfExists(directory);
  return stats?.isDirectory() === true && stats.uid === process.getuid?.() && (stats.mode & 0o077) === 0;
}

function parseEntry(file: string): Partial<Entry> | undefined {
  try {
    return JSON.parse(file) as Partial<Entry>; // whole, and for this text, is what the caller asks
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

// FNV-1a. Two texts of one hash take turns with a file, which costs a parse; a hash that nobody can aim at would cost
// every command the time to load node:crypto.
function nameOf(form: Form, text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return `${form}-${text.length}-${(hash >>> 0).toString(16)}.json`;
}

function forgetOldest(directory: string): void {
  const names = readdirSync(directory);
  if (names.length <= mostEntries) return;
  const paths = names.map((name) => join(directory, name));
  const written = new Map(paths.map((path) => [path, lstatIfExists(path)?.mtimeMs ?? 0]));
  for (const path of paths.toSorted((a, b) => written.get(a)! - written.get(b)!).slice(0, -mostEntries)) removeFile(path);
}

/** Undefined for whatever the system refuses: a read-only home, a full disk, something else that has the name. */
function unlessRefused<Result>(attempt: () => Result): Result | undefined {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
