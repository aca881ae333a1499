import { transfer, type Repository } from '../../git';
import { setUpstream } from '../add-worktree';
import type { WorktreeServices } from '../worktree-services';
import type { Cloning } from './cloning';

/** Fetches the remote-tracking branches: a clone that lacks them still is a clone. */
export async function fetchTracking({ commonDir }: Repository, { services, adviser }: Cloning): Promise<void> {
  const { git, settings, narrator, signal } = services;
  narrator.step(`Fetching from '${settings.remote}'`);
  const fetched = await transfer(git, commonDir, ['fetch', settings.remote], { signal, onProgress: adviser.onProgress });
  if (fetched.exitCode !== 0) narrator.warning(`Failed to fetch from '${settings.remote}': ${fetched.stderr.trim()}`);
}

/** The remote's HEAD, and the upstream of the base. */
export async function relateToRemote(
  repository: Repository,
  { defaultBranch, base }: { defaultBranch: string; base: string | undefined },
  { services }: Cloning,
): Promise<void> {
  const { git, settings, narrator } = services;
  // The remote has already said what `set-head --auto` would ask it for.
  const head = await git.ask(repository.commonDir, ['remote', 'set-head', settings.remote, defaultBranch]);
  if (head.exitCode !== 0) narrator.warning(`Failed to record the default branch of '${settings.remote}': ${head.stderr.trim()}`);
  if (base !== undefined) await tie(base, repository, services);
}

export async function tie(branch: string, repository: Repository, { git, settings, narrator }: WorktreeServices): Promise<void> {
  if (!settings.checkoutUpstream) return;
  const set = await setUpstream(git, repository, { branch, remote: settings.remote });
  if (set.exitCode !== 0) narrator.warning(`Failed to set upstream tracking: ${set.stderr.trim()}`);
}
