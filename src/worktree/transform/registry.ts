import { readRegistry, updateRegistry, type RegistryEntry } from '../../config';
import type { WorktreeServices } from '../worktree-services';

export type RegistryServices = Pick<WorktreeServices, 'directories' | 'narrator' | 'now'>;

export interface RegistryState {
  /** What it says about the repository; null if nothing, or if it cannot be read. */
  before: RegistryEntry | null;
  file: 'there' | 'absent';
}

export function registryStateOf(commonDir: string, { directories }: RegistryServices): RegistryState {
  const reading = readRegistry(directories.config);
  if (reading.kind === 'unreadable') return { before: null, file: 'there' };
  return { before: reading.registry.repositories.get(commonDir) ?? null, file: reading.file };
}

/**
 * Sets the layout of a repository, and takes its whole entry along where its git directory has moved. Throws what the
 * system says.
 */
export function saveLayout({ from, to, layout }: { from: string; to: string; layout: string }, services: RegistryServices): Promise<void> {
  return changeEntries((repositories) => {
    const entry = repositories.get(from) ?? { trust: null, layout: null };
    if (from === to && entry.layout === layout) return undefined;
    repositories.delete(from);
    // What is left at the new place is of a repository that is gone.
    return repositories.set(to, { ...entry, layout });
  }, services);
}

/** The way back, whether or not {@link saveLayout} came to its change. */
export function restoreLayout({ from, to, before, file }: RegistryState & { from: string; to: string }, services: RegistryServices): Promise<void> {
  return changeEntries(takeBack, services, { ifEmpty: file === 'absent' ? 'remove' : 'write' });

  function takeBack(repositories: Map<string, RegistryEntry>): Map<string, RegistryEntry> | undefined {
    if (from !== to) {
      repositories.delete(to);
      return before === null || repositories.has(from) ? repositories : repositories.set(from, before);
    }
    const entry = repositories.get(from);
    const layout = before?.layout ?? null;
    if (!entry || entry.layout === layout) return undefined;
    if (entry.trust === null && layout === null) repositories.delete(from);
    else repositories.set(from, { ...entry, layout });
    return repositories;
  }
}

/** The way back from a grant, whether or not it was made. What is none any more is somebody's later word. */
export function restoreTrust({ commonDir, before, file }: RegistryState & { commonDir: string }, services: RegistryServices): Promise<void> {
  return changeEntries(takeBack, services, { ifEmpty: file === 'absent' ? 'remove' : 'write' });

  function takeBack(repositories: Map<string, RegistryEntry>): Map<string, RegistryEntry> | undefined {
    const entry = repositories.get(commonDir);
    if (entry?.trust?.level !== 'allow') return undefined;
    const trust = before?.trust ?? null;
    if (trust === null && entry.layout === null) repositories.delete(commonDir);
    else repositories.set(commonDir, { ...entry, trust });
    return repositories;
  }
}

/** @param change changes and returns the map it is given, or returns undefined where there is nothing to change */
async function changeEntries(
  change: (repositories: Map<string, RegistryEntry>) => Map<string, RegistryEntry> | undefined,
  { directories, narrator, now }: RegistryServices,
  { ifEmpty }: { ifEmpty: 'write' | 'remove' } = { ifEmpty: 'write' },
): Promise<void> {
  await updateRegistry(
    directories.config,
    (registry) => {
      const repositories = change(new Map(registry.repositories));
      return repositories ? { ...registry, repositories } : registry;
    },
    { now: now(), warn: narrator.warning, ifEmpty },
  );
}
