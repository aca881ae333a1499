/** Fails the run when a test touched the real home: a test that did is not hermetic, whatever else it proved. */

import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Set up before the first test file, torn down after the last (vitest globalSetup). */
export function setup(): () => void {
  const before = fingerprint(homedir());
  return () => {
    const touched = differences(before, fingerprint(homedir()));
    if (touched.length === 0) return;
    process.exitCode = 1; // vitest reports an error of a teardown, and exits 0 all the same
    throw new Error(`this run touched the real home directory:\n${touched.map((path) => `  ${path}`).join('\n')}`);
  };
}

const owned = ['.config/daft', '.local/state/daft', '.local/share/daft', '.cache/daft'];
const editedByUs = ['.bashrc', '.bash_profile', '.profile', '.zshrc', '.config/fish/config.fish', '.gitconfig', '.config/git/config'];

/** One line of evidence per path: all of daft's own directories, the files daft may edit, and the names of dot files. */
export function fingerprint(home: string): ReadonlyMap<string, string> {
  const evidence = new Map<string, string>();
  for (const directory of owned) walk(join(home, directory), evidence);
  for (const file of editedByUs) record(join(home, file), evidence);
  for (const name of list(home)) if (name.startsWith('.')) evidence.set(join(home, name), evidence.get(join(home, name)) ?? 'there');
  return evidence;
}

export function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => `${path} ${before.has(path) ? (after.has(path) ? 'changed' : 'vanished') : 'appeared'}`);
}

function walk(path: string, evidence: Map<string, string>): void {
  record(path, evidence);
  for (const name of list(path)) walk(join(path, name), evidence);
}

function record(path: string, evidence: Map<string, string>): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  const content = stat.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : '';
  evidence.set(path, `${stat.mode} ${stat.ino} ${stat.mtimeMs} ${content}`);
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
    throw error;
  }
}
