import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DaftError } from '../../daft-error';
import { fault } from '../../fault';
import { askPatiently, gitsComplaint, listWorktrees, type Repository, type Survey, type Worktree } from '../../git';
import type { Firing } from '../../hooks';
import { builtinLayout, defaultLayout, isWithin } from '../../layout';
import { planTransform, type Goal, type Ground, type Premises } from '../../layout/transform';
import { repositoryOf } from '../checkout-context';
import { removeEmptyParents } from '../empty-parents';
import type { WorktreeServices } from '../worktree-services';
import { registrationOf } from './links';
import { refuseLosses } from './losses';
import { premisesOf } from './premises';
import { performTransform, type Preparation, type TransformServices } from './transform';

export interface EjectionServices extends TransformServices, Pick<WorktreeServices, 'fireHook'> {
  /** Stops the background jobs of a worktree by its label; never fails. */
  cancelJobs: (worktree: string) => Promise<void>;
}

export interface Ejection extends Preparation {
  branch: string;
  kept: Worktree;
  others: readonly Worktree[];
  force: boolean;
}

/**
 * What making a regular repository of a container would take: one worktree is kept, all others go. Throws DaftError where
 * it must not be, before anything is changed.
 */
export async function prepareEjection({ branch, force }: { branch: string | undefined; force: boolean }, survey: Survey, services: TransformServices): Promise<Ejection> {
  const { repository } = survey;
  if (!repository.bare) throw new DaftError('Repository is not in worktree layout.');
  const present = survey.worktrees.filter(({ missing }) => !missing);
  const premises = await premisesOf(survey, builtinLayout('contained'), services);
  const kept = chooseKept(branch, present, premises.defaultBranch);
  const others = present.filter((worktree) => worktree !== kept);
  // With the registration of a worktree whose directory is gone, its HEAD and its submodules go, too.
  if (!force) await refuseLosses(survey.worktrees.filter((worktree) => worktree !== kept), repository, services.git);

  const goal: Goal = { structure: 'regular', place: () => repository.projectRoot, include: { kind: 'none' }, pivot: kept.branch, force };
  const planned = planTransform(premisesWithout(others, premises), goal);
  if (planned.kind === 'refused') throw new DaftError(planned.message, { hint: planned.hint });
  return { survey, premises: premisesWithout(others, premises), goal, plan: planned.plan, branch: kept.branch, kept, others, force };
}

function chooseKept(wanted: string | undefined, worktrees: readonly Worktree[], defaultBranch: string | undefined): Worktree & { branch: string } {
  const onBranches = worktrees.filter((worktree): worktree is Worktree & { branch: string } => worktree.branch !== undefined);
  if (onBranches.length === 0) throw new DaftError('No worktrees found.');
  const find = (branch: string | undefined) => onBranches.find((worktree) => worktree.branch === branch);
  if (wanted !== undefined) {
    const found = find(wanted);
    if (found) return found;
    throw new DaftError(`No worktree found for branch '${wanted}'. Available branches: ${onBranches.map((worktree) => `'${worktree.branch}'`).join(', ')}`);
  }
  return find(defaultBranch) ?? find('main') ?? find('master') ?? onBranches[0]!;
}

/** As it will be once these worktrees are gone. */
function premisesWithout(others: readonly Worktree[], premises: Premises): Premises {
  const gone = others.map(({ path }) => path);
  const { ground } = premises;
  const isGone = (path: string): boolean => {
    if (gone.some((root) => isWithin(path, root))) return true;
    const leads = gone.some((root) => isWithin(root, path)) && ground.kindOf(path) === 'directory';
    return leads && ground.entries(path).every((entry) => isGone(join(path, entry)));
  };
  const without: Ground = {
    kindOf: (path) => (isGone(path) ? 'absent' : ground.kindOf(path)),
    entries: (directory) => ground.entries(directory).filter((entry) => !isGone(join(directory, entry))),
  };
  return { ...premises, sites: premises.sites.filter(({ path }) => !gone.includes(path)), ground: without };
}

export async function ejectRepository(
  ejection: Ejection,
  { commandLine, arrive }: { commandLine: string; arrive: (path: string) => void },
  services: EjectionServices,
): Promise<void> {
  const { survey, others } = ejection;
  const { repository } = survey;
  await performTransform(
    ejection,
    {
      command: undefined,
      commandLine,
      layoutName: defaultLayout.name,
      bare: false,
      async clear(undertaking) {
        for (const { path } of others) undertaking.leaveFor(path);
        for (const worktree of others) await removeOther(worktree, ejection, { ...services, git: undertaking.git });
        await dropMissing(repository, services);
      },
      arrive: () => arrive(repository.projectRoot),
    },
    services,
  );
}

async function removeOther(worktree: Worktree, { survey: { repository }, kept, force }: Ejection, services: EjectionServices): Promise<void> {
  const { git, narrator, signal } = services;
  const label = worktree.branch ?? basename(worktree.path);
  await services.cancelJobs(label);
  await fire('worktree-pre-remove', worktree, { repository: repositoryOf(worktree.path, repository), kept, label }, services);
  signal.throwIfAborted();

  narrator.step(`Removing worktree '${worktree.path}'...`);
  if (DAFT_FAULTS) fault('eject: before removal');
  const forced = force ? ['--force', ...(worktree.locked ? ['--force'] : [])] : [];
  // What a hook has just left must be seen, whatever the user's configuration hides.
  const answer = await askPatiently(git, repository.commonDir, ['-c', 'status.showUntrackedFiles=normal', 'worktree', 'remove', ...forced, worktree.path], { untilDone: true });
  if (answer.exitCode !== 0) {
    if (!force) await refuseLosses([worktree], repository, git);
    narrator.warning(`Failed to remove worktree '${worktree.path}', deleting its directory: ${gitsComplaint(answer)}`);
    const { directory } = registrationOf(worktree.path, repository.commonDir);
    rmSync(worktree.path, { recursive: true, force: true });
    rmSync(directory, { recursive: true, force: true });
  }
  if (DAFT_FAULTS) fault('eject: removed');
  removeEmptyParents(worktree.path, repository.projectRoot);
  await fire('worktree-post-remove', worktree, { repository, kept, label }, services);
  signal.throwIfAborted();
}

async function fire(
  hook: 'worktree-pre-remove' | 'worktree-post-remove',
  { path, branch }: Worktree,
  { repository, kept, label }: { repository: Repository; kept: Worktree; label: string },
  { fireHook, narrator }: EjectionServices,
): Promise<void> {
  const firing: Firing = {
    hook,
    command: 'eject',
    repository,
    sourceWorktree: kept.path,
    targetWorktree: path,
    branch: branch ?? 'HEAD',
    worktreeLabel: label,
    isNewBranch: false,
    removalReason: 'ejecting',
  };
  const result = await fireHook(firing);
  if (result.kind !== 'failed') return;
  const phase = hook === 'worktree-pre-remove' ? 'Pre-remove' : 'Post-remove';
  narrator.warning(`${phase} hook failed for ${label}: ${hook} hook failed with exit code ${result.exitCode}`);
}

/** Registrations of worktrees whose directories are gone. */
async function dropMissing(repository: Repository, { git, narrator }: TransformServices): Promise<void> {
  const missing = (await listWorktrees(git, repository)).filter((worktree) => worktree.missing);
  for (const { path } of missing) {
    const answer = await askPatiently(git, repository.commonDir, ['worktree', 'remove', '--force', '--force', path]);
    if (answer.exitCode !== 0) narrator.warning(`Failed to forget the worktree that was at '${path}': ${gitsComplaint(answer)}`);
  }
}
