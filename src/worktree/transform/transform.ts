import { dirname, join } from 'node:path';
import { DaftError } from '../../daft-error';
import { listWorktrees, readCoreBare, surveyRepository, type Git, type Repository, type Survey } from '../../git';
import type { HookServices } from '../../hooks';
import type { Layout } from '../../layout';
import { groundWhileStashed, planTransform, withStashes, type Goal, type Premises, type TransformPlan } from '../../layout/transform';
import type { WorktreeServices } from '../worktree-services';
import { readAllChanges } from './changes';
import { execute, findClean } from './execute';
import { setUp, tearDown } from './hooks';
import { adjustIgnoreEntries } from './ignore';
import { artifactsOf } from './integrity';
import { Journal } from './journal';
import { placeBy, readPremises } from './premises';
import { recover, underWay } from './recover';
import { registryStateOf, saveLayout, type RegistryServices } from './registry';
import { takeBack } from './undo';
import { Undertaking } from './undertaking';

export interface TransformServices extends Pick<WorktreeServices, 'git' | 'settings' | 'directories' | 'env' | 'narrator' | 'now' | 'signal'> {
  hooks: HookServices;
}

export interface TransformRequest {
  layout: Layout;
  include: Goal['include'];
  /** Worktrees with changes, and locked ones, are transformed, too. */
  force: boolean;
}

export interface Preparation {
  survey: Survey;
  premises: Premises;
  plan: TransformPlan;
  goal: Goal;
}

/** Everything up to the first change: what would be done. Throws DaftError where it must not be. */
export async function prepareTransform(request: TransformRequest, survey: Survey, services: TransformServices): Promise<Preparation> {
  const premises = await readPremises(survey, services);
  const { layout, include, force } = request;
  const goal: Goal = { structure: layout.structure, place: placeBy(layout, premises.layoutRoot, services), include, force };
  const plan = await settleChanges(planOf(premises, goal), premises, goal, services);
  return { survey, premises, plan, goal };
}

function planOf(premises: Premises, goal: Goal): TransformPlan {
  const planned = planTransform(premises, goal);
  if (planned.kind === 'refused') throw new DaftError(planned.message, { hint: planned.hint });
  return planned.plan;
}

/** Refuses what would put uncommitted changes at risk, or has them stashed (worktrees-create.md 11.4). */
async function settleChanges(plan: TransformPlan, premises: Premises, goal: Goal, { git }: TransformServices): Promise<TransformPlan> {
  if (movesNothing(plan)) return plan;
  const artifacts = artifactsOf(premises, plan.relocations);
  if (goal.force) {
    const touched = premises.sites.filter((site) => site === plan.pivot || plan.relocations.some(({ from }) => from === site.path));
    const changes = await readAllChanges(git, touched, artifacts);
    const stashed = [...changes].filter(([, { any, stashable }]) => any && stashable);
    const returning = stashed.flatMap(([path, { absent }]) => absent.map((file) => join(path, file)));
    const whileStashed = returning.length === 0 ? plan : planOf({ ...premises, ground: groundWhileStashed(premises.ground, returning) }, goal);
    return withStashes(whileStashed, new Set(stashed.map(([path]) => path)));
  }
  const checked = premises.sites.filter((site) => site === plan.pivot || (site.branch !== undefined && site.branch === premises.defaultBranch));
  const changes = await readAllChanges(git, checked, artifacts);
  const dirty = checked.find(({ path }) => changes.get(path)?.any === true);
  if (dirty) throw new DaftError(`Worktree '${dirty.branch ?? dirty.path}' has uncommitted changes. Commit, stash, or use --force.`);
  return plan;
}

function movesNothing({ operations }: TransformPlan): boolean {
  return operations.every(({ kind }) => kind === 'check');
}

/** Puts right what an earlier transform left half-way; the survey afterwards is a new one then. */
export async function surveyAfterRecovery(survey: Survey, { dryRun }: { dryRun: boolean }, services: RegistryServices & { git: Git }): Promise<Survey> {
  const commonDir = await recover(survey.repository.commonDir, { dryRun }, services);
  if (commonDir === undefined) return survey;
  const again = await surveyRepository(services.git, commonDir);
  if (again === undefined) throw new DaftError('Not inside a Git repository');
  const branch = survey.worktrees.find(({ path }) => path === survey.repository.worktreeRoot)?.branch;
  const here = branch === undefined ? undefined : again.worktrees.find((worktree) => worktree.branch === branch);
  return { ...again, repository: { ...again.repository, worktreeRoot: here?.path } };
}

export interface Performance {
  /** What hooks are told; undefined fires none. */
  command: 'layout-transform' | 'adopt' | undefined;
  /** As the user typed it, for whoever finds it half done. */
  commandLine: string;
  /** As the registry gets it. */
  layoutName: string;
  /** Structure that it ends with. */
  bare: boolean;
  /** What comes before the plan and is not taken back. */
  clear?: (undertaking: Undertaking) => Promise<void>;
  /** The first steps, before any hook; they are taken back like those of the plan. */
  begin?: ((undertaking: Undertaking) => Promise<void>) | undefined;
  /** The last steps, after the plan; they are taken back like those of the plan. */
  complete?: (undertaking: Undertaking) => Promise<void>;
  /** Once nothing can be taken back; called with the new path of the worktree the user was in, if any. */
  arrive: (path: string | undefined) => void;
}

/** Carries out what was prepared: all of it, or nothing. Returns the repository as it is then. */
export async function performTransform({ survey, premises, plan, goal }: Preparation, performance: Performance, services: TransformServices): Promise<Repository> {
  const { git, narrator, signal } = services;
  const { repository } = survey;
  const journal = Journal.begin(premises.commonDir, performance.commandLine);
  if (journal === undefined) throw underWay();
  const firing = performance.command && { command: performance.command, relocations: plan.relocations };
  let clean: string[];
  try {
    if (!(await stillHold(premises, repository, git))) {
      throw new DaftError('The worktrees of this repository have been moved meanwhile', { hint: 'Nothing was changed. Look where they are, and try again.' });
    }
    const undertaking = new Undertaking(journal, git, premises.layoutRoot);
    await performance.clear?.(undertaking);
    await performance.begin?.(undertaking);
    if (firing) await tearDown(firing, repository, services.hooks);
    clean = await findClean(premises.sites, { premises, plan }, { git, signal });
  } catch (error) {
    await takeBack(journal, services, { because: signal.aborted ? signal.reason : error });
    signal.throwIfAborted();
    throw error;
  }
  await execute({ premises, plan, bare: performance.bare, clean }, journal, { ...services, signal });
  const unsaved = await conclude(premises, performance, journal, { ...services, signal });

  const after: Repository = { commonDir: journal.commonDir, gitDir: journal.commonDir, projectRoot: dirname(journal.commonDir), bare: performance.bare, worktreeRoot: undefined };
  const placeOf = (path: string) => plan.relocations.find(({ from }) => from === path)?.to ?? path;
  if (!movesNothing(plan)) {
    await adjustIgnoreEntries(
      {
        before: { bare: repository.bare, projectRoot: repository.projectRoot, place: premises.currentPlace },
        after: { ...after, place: goal.structure === 'regular' ? goal.place : undefined },
        branches: premises.sites.flatMap(({ branch, main }) => (branch === undefined || main ? [] : [branch])),
        mainNow: plan.pivot && placeOf(plan.pivot.path),
        worktrees: premises.sites.map(({ path }) => placeOf(path)),
      },
      git,
      narrator,
    );
  }
  performance.arrive(repository.worktreeRoot === undefined ? undefined : placeOf(repository.worktreeRoot));
  if (firing) await setUp(firing, after, services.hooks);
  if (unsaved) throw new DaftError(`Failed to save layout to repos.json: ${unsaved.message}`);
  return after;
}

/** Whether nobody has come between the plan and the journal: another transform may have begun and ended there. */
async function stillHold({ commonDir, structure, sites }: Premises, repository: Repository, git: Git): Promise<boolean> {
  if (readCoreBare(commonDir) !== (structure === 'bare')) return false;
  const worktrees = await listWorktrees(git, repository);
  return sites.every(({ path, branch }) => worktrees.some((worktree) => worktree.path === path && worktree.branch === branch && !worktree.missing));
}

/** Ends the time in which all can be taken back. The registry has a failure of its own, which changes nothing any more. */
async function conclude({ commonDir, layoutRoot }: Premises, { layoutName: layout, complete }: Performance, journal: Journal, services: TransformServices): Promise<Error | undefined> {
  const registry = { from: commonDir, to: journal.commonDir };
  try {
    await complete?.(new Undertaking(journal, services.git, layoutRoot));
    // Before the journal is gone: if we are killed here, the entry goes back with the rest.
    journal.note({ undo: 'registry', ...registry, ...registryStateOf(commonDir, services) });
    const unsaved = await remember({ ...registry, layout }, services);
    journal.finish();
    return unsaved;
  } catch (error) { // a disk that refuses the very last steps
    if (!(error instanceof Error)) throw error;
    services.narrator.warning(error.message);
    const failure = new DaftError('Could not finish the transform', { cause: error });
    await takeBack(journal, services, { because: failure });
    throw failure;
  }
}

async function remember(entry: { from: string; to: string; layout: string }, services: TransformServices): Promise<Error | undefined> {
  try {
    await saveLayout(entry, services);
    return undefined;
  } catch (error) { // a full disk, no permission, a lock that is never released
    if (!(error instanceof Error)) throw error;
    return error;
  }
}
