import { join } from 'node:path';
import { isUnreadable, makePrivateDirectory, readPlainTextIfExists, writeFileAtomic } from '../../fs';
import type { Dialect } from './dialect';

/** Aliases and functions of an interactive shell, as text that the shell reads. */
export interface Snapshot {
  aliases: string;
  functions: string;
}

/** A snapshot that lies on disk, where the shell finds the functions. */
export interface StoredSnapshot {
  aliases: string;
  functionsFile: string;
}

const firstLine = '# daft-alias-cache v2';
const validSecs = 24 * 60 * 60;

/** Whether this is what a shell says of its aliases, and not what some startup file printed in between. */
export function looksLikeAliases(text: string): boolean {
  const line = text.split('\n').find((candidate) => candidate.trim() !== '');
  return line === undefined || line.startsWith('alias ');
}

/** The file of the aliases: a mark, when and of which shell, then they themselves. */
export function formatAliasFile(aliases: string, { shell, now }: { shell: string; now: Date }): string {
  return `${firstLine}\n${Math.floor(now.getTime() / 1000)}\n${shell}\n${aliases}`;
}

/** Undefined for what is of another shell, older than a day, from the future, or no such file. */
export function parseAliasFile(text: string, { shell, now }: { shell: string; now: Date }): string | undefined {
  const [mark, seconds = '', of, ...aliases] = text.split('\n');
  const ageSecs = /^\d+$/.test(seconds) ? now.getTime() / 1000 - Number(seconds) : -1;
  return mark === firstLine && of === shell && ageSecs >= 0 && ageSecs < validSecs ? aliases.join('\n') : undefined;
}

interface Place {
  cacheDir: string;
  dialect: Dialect;
  shell: string;
  now: Date;
}

/** What stands there decides what commands do: files of another user do not count. */
export function readStored({ cacheDir, dialect, shell, now }: Place): StoredSnapshot | undefined {
  const files = filesIn(cacheDir, dialect);
  try {
    const text = readPlainTextIfExists(files.aliases, { by: 'us' });
    if (text === undefined || readPlainTextIfExists(files.functions, { by: 'us' }) === undefined) return undefined;
    const aliases = parseAliasFile(text, { shell, now });
    return aliases === undefined ? undefined : { aliases, functionsFile: files.functions };
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

/** Throws what the system says. */
export function store(snapshot: Snapshot, { cacheDir, dialect, shell, now }: Place): StoredSnapshot {
  const files = filesIn(cacheDir, dialect);
  makePrivateDirectory(cacheDir);
  writeFileAtomic(files.functions, snapshot.functions);
  // Last, since it is the one that says when.
  writeFileAtomic(files.aliases, formatAliasFile(snapshot.aliases, { shell, now }));
  return { aliases: snapshot.aliases, functionsFile: files.functions };
}

function filesIn(cacheDir: string, { name }: Dialect): { aliases: string; functions: string } {
  return { aliases: join(cacheDir, `aliases-${name}.txt`), functions: join(cacheDir, `functions-${name}.sh`) };
}
