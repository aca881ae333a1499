import { join } from 'node:path';
import { renameSync } from 'node:fs';
import { makePrivateDirectory, readTextIfExists, removeFile, withFileLock, writeFileAtomic } from '../fs';
import { lockHolder } from '../process';
import type { Registry, RegistryEntry, TrustEntry, TrustLevel, TrustPattern } from './index';

const formatVersion = 3;
const fileName = 'repos.json';
/** Where trust was kept before layouts joined it. */
const olderFileName = 'trust.json';

export type RegistryReading =
  /** `file` is there even if it says nothing. */
  | { kind: 'read'; registry: Registry; file: 'there' | 'absent' }
  | { kind: 'unreadable'; path: string; reason: string };

/**
 * Changes the registry under its lock: reload, change, fsync, rename. `change` returns the registry it was given to say
 * that nothing is to be written. A file that cannot be read is set aside first, and `warn` is told.
 *
 * @param ifEmpty what becomes of a registry that says nothing: a file all the same, or none, as before there was anything to say
 */
export async function updateRegistry(
  configDir: string,
  change: (registry: Registry) => Registry,
  { now, warn, ifEmpty = 'write' }: { now: Date; warn: (text: string) => void; ifEmpty?: 'write' | 'remove' },
): Promise<void> {
  // A change that alters nothing must leave no trace, not even a lock file: ask once without the lock.
  const before = readRegistry(configDir);
  if (before.kind === 'read' && change(before.registry) === before.registry) return;

  makePrivateDirectory(configDir);
  const path = join(configDir, fileName);
  await withFileLock(`${path}.lock`, lockHolder(), () => {
    const reading = readRegistry(configDir);
    const current = reading.kind === 'read' ? reading.registry : emptyRegistry;
    const changed = change(current);
    if (changed === current) return;
    if (reading.kind === 'unreadable') {
      const aside = join(configDir, `${fileName}.corrupt-${Math.floor(now.getTime() / 1000)}.bak`);
      renameSync(reading.path, aside);
      warn(`Trust database was unreadable (${reading.reason}); kept as ${aside} and started afresh`);
    }
    const isEmpty = changed.repositories.size === 0 && changed.patterns.length === 0;
    if (isEmpty && ifEmpty === 'remove') removeFile(path);
    else writeFileAtomic(path, formatRegistry(changed), { fsync: true });
    removeFile(join(configDir, olderFileName));
  });
}

const emptyRegistry: Registry = { repositories: new Map(), patterns: [] };

/** Reads the registry, converting older formats in memory. Never writes. */
export function readRegistry(configDir: string): RegistryReading {
  for (const name of [fileName, olderFileName] as const) {
    const path = join(configDir, name);
    let text: string | undefined;
    try {
      text = readTextIfExists(path);
    } catch (error) { // no permission, a directory in its place: whatever it is, it cannot grant trust
      return { kind: 'unreadable', path, reason: messageOf(error) };
    }
    if (text === undefined) continue;
    const parsed = parseRegistry(text);
    return parsed.kind === 'parsed'
      ? { kind: 'read', registry: parsed.registry, file: 'there' }
      : { kind: 'unreadable', path, reason: parsed.reason };
  }
  return { kind: 'read', registry: emptyRegistry, file: 'absent' };
}

/** Any version of the file. An entry or pattern that makes no sense spoils the whole: half a trust database is none. */
export function parseRegistry(text: string): { kind: 'parsed'; registry: Registry } | { kind: 'malformed'; reason: string } {
  try {
    const file = record(JSON.parse(text), 'the file');
    const version = file['version'] ?? 1;
    if (typeof version !== 'number') throw new Malformed('version is not a number');
    if (version > formatVersion) throw new Malformed(`version ${version} was written by a later daft`);
    const repositories = new Map<string, RegistryEntry>();
    for (const [key, value] of Object.entries(record(file['repositories'] ?? {}, 'repositories'))) {
      const entry = record(value, key);
      // Before version 3 the trust object itself stood under the path.
      const trust = version < 3 && entry['level'] !== undefined ? entry : entry['trust'];
      repositories.set(key, {
        trust: trust === undefined || trust === null ? null : parseTrust(record(trust, key), key),
        layout: optionalText(entry['layout'], `layout of ${key}`),
      });
    }
    const patterns = file['patterns'] ?? [];
    if (!Array.isArray(patterns)) throw new Malformed('patterns is not a list');
    return { kind: 'parsed', registry: { repositories, patterns: patterns.map(parsePattern) } };
  } catch (error) {
    if (error instanceof Malformed || error instanceof SyntaxError) return { kind: 'malformed', reason: error.message };
    throw error;
  }
}

class Malformed extends Error {}

function parseTrust(trust: Record<string, unknown>, key: string): TrustEntry {
  return {
    level: parseLevel(trust['level'], key),
    grantedAt: parseGrantedAt(trust['granted_at']),
    grantedBy: optionalText(trust['granted_by'], `granted_by of ${key}`) ?? 'user',
    fingerprint: optionalText(trust['fingerprint'], `fingerprint of ${key}`),
  };
}

function parsePattern(value: unknown, index: number): TrustPattern {
  const where = `pattern ${index + 1}`;
  const pattern = record(value, where);
  const glob = optionalText(pattern['pattern'], where);
  if (glob === null) throw new Malformed(`${where} has no pattern`);
  return { pattern: glob, level: parseLevel(pattern['level'], where), comment: optionalText(pattern['comment'], where) };
}

function parseLevel(value: unknown, where: string): TrustLevel {
  if (value === 'deny' || value === 'prompt' || value === 'allow') return value;
  throw new Malformed(`unknown trust level of ${where}`);
}

/** Unix seconds; early versions wrote ISO-8601 text. */
function parseGrantedAt(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return Math.trunc(value);
  const milliseconds = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(milliseconds) ? 0 : Math.floor(milliseconds / 1000);
}

function record(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Malformed(`${where} is not an object`);
  return value as Record<string, unknown>;
}

function optionalText(value: unknown, where: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw new Malformed(`${where} is not a string`);
  return value;
}

function formatRegistry(registry: Registry): string {
  const file = {
    version: formatVersion,
    repositories: Object.fromEntries([...registry.repositories].map(([key, entry]) => [key, formatEntry(entry)])),
    patterns: registry.patterns.map(({ pattern, level, comment }) => ({ pattern, level, ...(comment !== null && { comment }) })),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

function formatEntry({ trust, layout }: RegistryEntry): object {
  return {
    ...(trust !== null && {
      trust: {
        level: trust.level,
        granted_at: trust.grantedAt,
        granted_by: trust.grantedBy,
        ...(trust.fingerprint !== null && { fingerprint: trust.fingerprint }),
      },
    }),
    ...(layout !== null && { layout }),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
