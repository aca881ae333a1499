import { saving, updateRegistry, type Registry } from '../config';
import type { WorktreeServices } from './worktree-services';

/** Removes what the registry says about the layout of a repository; its trust stays. */
export async function forgetLayout(
  commonDir: string,
  { directories, narrator, now }: Pick<WorktreeServices, 'directories' | 'narrator' | 'now'>,
): Promise<'forgotten' | 'not set'> {
  let outcome: 'forgotten' | 'not set' = 'not set';
  const forget = (registry: Registry): Registry => {
    const entry = registry.repositories.get(commonDir);
    if (!entry || entry.layout === null) return registry;
    outcome = 'forgotten';
    const repositories = new Map(registry.repositories);
    if (entry.trust === null) repositories.delete(commonDir);
    else repositories.set(commonDir, { ...entry, layout: null });
    return { ...registry, repositories };
  };
  await saving('Failed to save layout to repos.json', () => updateRegistry(directories.config, forget, { now: now(), warn: narrator.warning }));
  return outcome;
}
