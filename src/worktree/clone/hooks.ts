import type { Repository } from '../../git';
import type { Firing } from '../../hooks';
import type { WorktreeServices } from '../worktree-services';
import { fireAndSettle } from '../hook-outcome';

export interface FiringPlace {
  path: string;
  branch: string;
  source: string;
  about: Pick<Firing, 'repositoryUrl' | 'defaultBranch'>;
}

export function cloneFiring(hook: Firing['hook'], { path, branch, source, about }: FiringPlace, repository: Repository): Firing {
  return { hook, command: 'clone', repository, sourceWorktree: source, targetWorktree: path, branch, worktreeLabel: branch, isNewBranch: false, ...about };
}

export async function settleFirings(hooks: readonly Firing['hook'][], place: FiringPlace, repository: Repository, services: WorktreeServices): Promise<void> {
  for (const hook of hooks) {
    await fireAndSettle(cloneFiring(hook, place, repository), services, {
      message: `the worktree was created and kept at '${place.path}'`,
      hint: `To run the hook again there: ${services.exe} hooks run ${hook}`,
    });
  }
}
