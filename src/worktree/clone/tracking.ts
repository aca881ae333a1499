import { transfer, type Repository } from '../../git';
import { setUpstream } from '../add-worktree';
import type { CreationServices } from '../creation-services';
import type { Cloning } from './cloning';

/** Remote-tracking branches, the remote's HEAD, the upstream of the base: a clone that lacks them still is a clone. */
export async function fetchTracking(repository: Repository, defaultBranch: string, base: string | undefined, { services, adviser }: Cloning): Promise<void> {
  const { git, settings, narrator, signal } = services;
  const { remote } = settings;
  narrator.step(`Fetching from '${remote}'`);
  const fetched = await transfer(git, repository.commonDir, ['fetch', remote], { signal, onProgress: adviser.onProgress });
  if (fetched.exitCode !== 0) narrator.warning(`Failed to fetch from '${remote}': ${fetched.stderr.trim()}`);
  // The remote has already said what `set-head --auto` would ask it for.
  const head = await git.ask(repository.commonDir, ['remote', 'set-head', remote, defaultBranch]);
  if (head.exitCode !== 0) narrator.warning(`Failed to record the default branch of '${remote}': ${head.stderr.trim()}`);
  if (base !== undefined) await tie(base, repository, services);
}

export async function tie(branch: string, repository: Repository, { git, settings, narrator }: CreationServices): Promise<void> {
  if (!settings.checkoutUpstream) return;
  const set = await setUpstream(git, repository, { branch, remote: settings.remote });
  if (set.exitCode !== 0) narrator.warning(`Failed to set upstream tracking: ${set.stderr.trim()}`);
}
