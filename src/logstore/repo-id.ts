import { linkSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DaftError } from '../daft-error';
import { isErrno, lstatIfExists, publishExclusive, randomBytes, readTextIfExists, removeFile, statIfExists } from '../fs';
import type { RepoId } from './types';

/** Reads `<common dir>/daft-id`; undefined if absent or empty. Throws DaftError `Corrupt repo identity file at ...`. */
export function readRepoId(commonDir: string): RepoId | undefined {
  const text = readIdentity(commonDir);
  return text === undefined || text === '' ? undefined : parseIdentity(commonDir, text);
}

/** Reads or creates it. Of many who create it at once all get the id of the first (jobs.md 2.2). */
export function ensureRepoId(commonDir: string): RepoId {
  const path = pathOf(commonDir);
  for (;;) {
    const text = readIdentity(commonDir);
    if (text !== undefined && text !== '') return parseIdentity(commonDir, text);
    if (text === '') setEmptyAside(path);
    const id = uuidV7(Date.now());
    // Not private: it is no secret, and those who share a repository share its id.
    if (publishExclusive(path, id, { mode: 0o644 }) === 'published') return id as RepoId;
    if (lstatIfExists(path)?.isSymbolicLink() === true && statIfExists(path) === undefined) throw corrupt(commonDir); // leads nowhere, and is in the way
  }
}

/** Parses what is verbatim the name of a directory below `jobs/`; undefined for anything else that lies there. */
export function parseRepoId(name: string): RepoId | undefined {
  return canonical.test(name) ? (name as RepoId) : undefined;
}

const canonical = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;
const wellFormed = /^(?:urn:uuid:)?\{?([\da-f]{8})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{12})\}?$/;

function pathOf(commonDir: string): string {
  return join(commonDir, 'daft-id');
}

function readIdentity(commonDir: string): string | undefined {
  try {
    return readTextIfExists(pathOf(commonDir))?.trim();
  } catch (error) {
    throw corrupt(commonDir, error); // a directory in its place, or not ours to read
  }
}

function parseIdentity(commonDir: string, text: string): RepoId {
  const groups = wellFormed.exec(text.toLowerCase());
  if (groups === null) throw corrupt(commonDir);
  return groups.slice(1).join('-') as RepoId;
}

function corrupt(commonDir: string, cause?: unknown): DaftError {
  return new DaftError(
    `Corrupt repo identity file at ${pathOf(commonDir)}. Delete it to regenerate; the logs recorded so far will be orphaned.`,
    { cause },
  );
}

/** Removes an empty identity, and not the one that somebody else has just put in its place. */
function setEmptyAside(path: string): void {
  const aside = `${path}.empty-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    renameSync(path, aside);
    if (readTextIfExists(aside)?.trim() !== '') linkSync(aside, path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'EEXIST')) throw error; // somebody else was first
  } finally {
    removeFile(aside);
  }
}

/** UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, the rest random. */
function uuidV7(nowMs: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes[6] = (bytes.readUInt8(6) & 0x0f) | 0x70;
  bytes[8] = (bytes.readUInt8(8) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
