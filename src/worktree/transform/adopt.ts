import { join } from 'node:path';
import { DaftError } from '../../daft-error';
import type { Survey } from '../../git';
import { grantTrust } from '../../hooks';
import { builtinLayout, defaultLayout } from '../../layout';
import { planTransform, type Goal } from '../../layout/transform';
import { repositoryOf } from '../checkout-context';
import { fireAndSettle } from '../hook-outcome';
import type { WorktreeServices } from '../worktree-services';
import { premisesOf } from './premises';
import { registryStateOf } from './registry';
import { performTransform, type Preparation, type TransformServices } from './transform';
import type { Undertaking } from './undertaking';

export interface Adoption extends Preparation {
  branch: string;
  /** Of the worktree that the main working tree becomes. */
  path: string;
}

/** What making a container of a regular repository would take; linked worktrees stay where they are. Throws DaftError where it cannot be one. */
export async function prepareAdoption(survey: Survey, services: TransformServices): Promise<Adoption> {
  const { repository, worktrees } = survey;
  if (repository.bare) throw new DaftError('Repository is already in worktree layout.');
  const main = worktrees.find((worktree) => worktree.main);
  if (main?.branch === undefined) throw new DaftError('Could not determine current branch');
  const place = (branch: string) => join(repository.projectRoot, branch);
  const premises = await premisesOf(survey, defaultLayout, services);
  const goal: Goal = { structure: 'bare', place, include: { kind: 'none' }, force: false };
  const planned = planTransform(premises, goal);
  if (planned.kind === 'refused') throw new DaftError(planned.message, { hint: planned.hint });
  return { survey, premises, goal, plan: planned.plan, branch: main.branch, path: place(main.branch) };
}

export async function adoptRepository(
  adoption: Adoption,
  { hooks, commandLine, arrive }: { hooks: 'fire' | 'trust and fire' | 'none'; commandLine: string; arrive: (path: string) => void },
  services: TransformServices & Pick<WorktreeServices, 'fireHook' | 'exe'>,
): Promise<void> {
  const { branch, path } = adoption;
  const repository = await performTransform(
    adoption,
    {
      command: hooks === 'none' ? undefined : 'adopt',
      commandLine,
      layoutName: builtinLayout('contained').name,
      bare: true,
      begin: hooks === 'trust and fire' ? (undertaking) => trustHooks(undertaking, services) : undefined,
      complete: (undertaking) => fetchLikeAClone(undertaking, services),
      arrive: () => arrive(path),
    },
    services,
  );
  if (hooks === 'none') return;
  await fireAndSettle(
    { hook: 'post-clone', command: 'adopt', repository: repositoryOf(path, repository), sourceWorktree: path, targetWorktree: path, branch, worktreeLabel: branch, isNewBranch: false },
    services,
    { message: `the repository was converted and is kept at '${path}'`, hint: `To run the hook again there: ${services.exe} hooks run post-clone` },
  );
}

/** From the first hook on, and not beyond an adoption that fails. */
async function trustHooks({ journal, commonDir, git }: Undertaking, services: TransformServices): Promise<void> {
  const { settings, directories, narrator, now } = services;
  narrator.step('Trusting repository for hooks (--trust-hooks flag)');
  journal.note({ undo: 'trust', commonDir, ...registryStateOf(commonDir, services) });
  await grantTrust({ git, configDir: directories.config, remote: settings.remote, now, warn: narrator.warning }, commonDir, 'allow');
}

/** All branches of the remote, if there is one; what else is fetched stays. */
async function fetchLikeAClone(undertaking: Undertaking, { settings }: TransformServices): Promise<void> {
  const { remote } = settings;
  if (settings.raw.get(`remote.${remote}.url`) === undefined) return;
  await undertaking.addConfig(join(undertaking.commonDir, 'config'), `remote.${remote}.fetch`, `+refs/heads/*:refs/remotes/${remote}/*`);
}
