import { updateRegistry } from '../../config';
import type { Repository } from '../../git';
import { turnOnMultiRemote } from '../multi-remote';
import type { Cloning } from './cloning';

/** Registry and configuration of the new repository. What an earlier repository at this path had is not inherited. */
export async function recordClone({ commonDir }: Repository, { request, services, layout }: Cloning): Promise<void> {
  const { git, settings, directories, narrator, now } = services;
  if (request.remoteFolder !== undefined) {
    await turnOnMultiRemote(git, commonDir, request.remoteFolder);
  }
  const url = request.trustHooks ? await git.ask(commonDir, ['config', '--get', `remote.${settings.remote}.url`]) : undefined;
  if (request.trustHooks) narrator.step('Trusting repository for hooks (--trust-hooks flag)');
  try {
    await updateRegistry(
      directories.config,
      (registry) => {
        const trust = request.trustHooks
          ? ({ level: 'allow', grantedAt: Math.floor(now().getTime() / 1000), grantedBy: 'user', fingerprint: url?.stdout.trim() || null } as const)
          : null;
        if (registry.repositories.get(commonDir)?.trust && trust === null) {
          narrator.step('Removed stale trust entry for previous repository at this path');
        }
        return { ...registry, repositories: new Map(registry.repositories).set(commonDir, { trust, layout: layout.name }) };
      },
      { now: now(), warn: narrator.warning },
    );
  } catch (error) { // a full disk, no permission, a lock that is never released: the clone is there all the same
    if (!(error instanceof Error)) throw error;
    narrator.warning(`Could not save layout to repos.json: ${error.message}`);
  }
}
