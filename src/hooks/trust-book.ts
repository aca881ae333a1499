import { existsSync } from 'node:fs';
import { readRegistry, saving, updateRegistry } from '../config';
import type { Registry, RegistryEntry, TrustEntry, TrustLevel } from '../config';
import { DaftError } from '../daft-error';
import type { Git } from '../git';
import { findRemoteUrl } from './gate';

/** Where trust is written down, and by whom. */
export interface TrustBook {
  git: Git;
  /** Configuration directory. */
  configDir: string;
  /** Name of the remote whose URL is the fingerprint. */
  remote: string;
  now: () => Date;
  warn: (text: string) => void;
}

/** The registry, for commands that must not take an unreadable one for empty. */
export function readTrustBook(configDir: string): Registry {
  const reading = readRegistry(configDir);
  if (reading.kind === 'read') return reading.registry;
  throw new DaftError('Failed to load trust database', { cause: new Error(`${reading.path}: ${reading.reason}`) });
}

/** Grants (or refuses) trust to a repository, with the URL of its remote as fingerprint. */
export async function grantTrust(book: TrustBook, commonDir: string, level: TrustLevel): Promise<void> {
  const { git, remote, now } = book;
  const fingerprint = (await findRemoteUrl(git, commonDir, remote)) ?? null;
  const trust: TrustEntry = { level, grantedAt: Math.floor(now().getTime() / 1000), grantedBy: 'user', fingerprint };
  await change(book, (registry) => withTrust(registry, commonDir, trust));
}

/** Removes the trust entry of a repository; what else is known of it stays. */
export async function removeTrust(book: TrustBook, commonDir: string): Promise<void> {
  await change(book, (registry) => (registry.repositories.get(commonDir)?.trust ? withTrust(registry, commonDir, null) : registry));
}

/** Removes all trust entries and patterns. */
export async function clearTrust(book: TrustBook): Promise<void> {
  await change(book, (registry) => {
    const entries = [...registry.repositories].map(([key, { layout }]) => [key, { trust: null, layout }] as const);
    return { repositories: new Map(entries.filter(([, { layout }]) => layout !== null)), patterns: [] };
  });
}

export interface Pruned {
  /** Keys of entries whose repository is gone. */
  stale: readonly string[];
  /** Keys of entries that got their missing fingerprint. */
  backfilled: readonly string[];
}

/** Drops what is known of repositories that no longer exist, and fills in missing fingerprints (hooks.md 14.5). */
export async function pruneTrust(book: TrustBook): Promise<Pruned> {
  const registry = readTrustBook(book.configDir);
  const keys = [...registry.repositories.keys()];
  const stale = new Set(keys.filter((key) => !existsSync(key)));
  const remotes = new Map<string, string>();
  for (const key of keys) {
    if (stale.has(key) || !lacksFingerprint(registry.repositories.get(key))) continue;
    const url = await findRemoteUrl(book.git, key, book.remote);
    if (url !== undefined) remotes.set(key, url);
  }
  // Git was asked without the lock, so only what is still as it was then is touched.
  const backfilled: string[] = [];
  if (stale.size > 0 || remotes.size > 0) {
    await change(book, (current) => {
      backfilled.length = 0;
      const entries = [...current.repositories].flatMap(([key, entry]): [string, RegistryEntry][] => {
        if (stale.has(key)) return [];
        const url = remotes.get(key);
        if (url === undefined || entry.trust === null || entry.trust.fingerprint !== null) return [[key, entry]];
        backfilled.push(key);
        return [[key, { ...entry, trust: { ...entry.trust, fingerprint: url } }]];
      });
      return { ...current, repositories: new Map(entries) };
    });
  }
  return { stale: [...stale], backfilled };
}

function lacksFingerprint(entry: RegistryEntry | undefined): boolean {
  return entry?.trust?.fingerprint === null;
}

function withTrust(registry: Registry, key: string, trust: TrustEntry | null): Registry {
  const repositories = new Map(registry.repositories);
  const layout = repositories.get(key)?.layout ?? null;
  if (trust === null && layout === null) repositories.delete(key);
  else repositories.set(key, { trust, layout });
  return { ...registry, repositories };
}

function change({ configDir, now, warn }: TrustBook, alter: (registry: Registry) => Registry): Promise<void> {
  return saving(`Failed to save trust database in ${configDir}`, () => updateRegistry(configDir, alter, { now: now(), warn }));
}
