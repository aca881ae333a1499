import { DaftError } from '../../daft-error';
import { fault } from '../../fault';
import type { Survey, Worktree } from '../../git';
import { keepEntries, ownEntriesOf } from '../ignore-entry';
import type { WorktreeServices } from '../worktree-services';
import { applyChanges, forgetChanges, isCheckedOut, listChanges, listObstacles, returnChanges, stashChanges, type CarriedChanges } from './changes';
import { isPaused } from './paused';
import { findTarget, nameOf } from './targets';

export interface CarryRequest {
  targets: readonly string[];
  /** Several targets are a copy in any case. */
  copy: boolean;
}

export interface CarryFailure {
  worktree: Worktree;
  complaint: string;
}

export type CarryOutcome =
  | { kind: 'no-changes' }
  | { kind: 'unresolved'; targets: readonly { text: string; reason: string }[] }
  | { kind: 'no-target' }
  | {
      kind: 'carried';
      mode: 'move' | 'copy';
      done: readonly Worktree[];
      failed: readonly CarryFailure[];
      /** Commit of the stash entry that still holds the changes. */
      preserved: string | undefined;
      /** Where the user is now. */
      destination: string;
    };

type Services = Pick<WorktreeServices, 'git' | 'narrator' | 'signal'>;

/** Moves or copies the uncommitted changes of the current worktree to others (worktrees-create.md 9). */
export async function carryChanges({ targets, copy }: CarryRequest, survey: Survey, services: Services): Promise<CarryOutcome> {
  const { repository, worktrees } = survey;
  const { narrator, git } = services;
  const source = worktrees.find(({ path }) => path === repository.worktreeRoot);
  if (source === undefined) throw new DaftError('Not inside a worktree');
  const ownEntries = ownEntriesOf(source, worktrees.map(({ path }) => path), repository);
  const { changes } = await listChanges(git, source.path, ownEntries);
  if (changes.length === 0 || !isCheckedOut(source, repository)) return { kind: 'no-changes' };
  if (isPaused(source, repository)) {
    throw new DaftError(`Worktree '${nameOf(source)}' is in the middle of an operation (such as a rebase or merge)`, { hint: 'Finish or abort it there, then carry.' });
  }

  const found = targets.map((text) => ({ text, target: findTarget(text, survey) }));
  const unresolved = found.flatMap(({ text, target }) => (target.kind === 'unresolved' ? [{ text, reason: target.reason }] : []));
  if (unresolved.length > 0) return { kind: 'unresolved', targets: unresolved };
  const wanted = new Set(found.flatMap(({ target }) => (target.kind === 'found' ? [target.worktree] : [])));
  const mode = copy || wanted.size > 1 ? 'copy' : 'move'; // counting the source: who names it among others wants the changes there, too
  if (wanted.delete(source)) narrator.warning(`Skipping '${nameOf(source)}': the changes are there already`);
  if (wanted.size === 0) return { kind: 'no-target' };

  services.signal.throwIfAborted(); // from here on Ctrl-C is heard, and the changes are in a worktree again before it is obeyed
  narrator.step('Stashing changes');
  const stashed = await stashChanges(source, { message: 'daft: carry changes', repository, ownEntries, services, hint: undefined });
  if (stashed === undefined) return { kind: 'no-changes' };
  if (DAFT_FAULTS) fault('carry: stashed');
  return deliver(stashed, { mode, source, targets: [...wanted] }, survey, services);
}

async function deliver(
  stashed: CarriedChanges,
  { mode, source, targets }: { mode: 'move' | 'copy'; source: Worktree; targets: readonly Worktree[] },
  { repository }: Survey,
  { git, narrator, signal }: Services,
): Promise<CarryOutcome> {
  const done: Worktree[] = [];
  const failed: CarryFailure[] = [];
  for (const worktree of targets) {
    if (signal.aborted) break;
    narrator.step(`Applying changes in '${nameOf(worktree)}'`);
    const obstacles = await listObstacles(stashed, worktree.path, git);
    if (obstacles.length > 0) {
      failed.push({ worktree, complaint: `these have changes there already: ${obstacles.join(', ')}` });
      continue;
    }
    const applied = await applyChanges(stashed, worktree.path, git);
    if (DAFT_FAULTS) fault('carry: applied');
    if (applied.kind === 'applied') done.push(worktree);
    else failed.push({ worktree, complaint: applied.complaint });
  }
  const preserved = mode === 'copy' || (signal.aborted && done.length === 0) ? await giveBack() : await letGo();
  signal.throwIfAborted();
  return {
    kind: 'carried',
    mode,
    done,
    failed,
    preserved: preserved ? stashed.commit : undefined,
    destination: done.at(-1)?.path ?? source.path,
  };

  async function giveBack(): Promise<boolean> {
    narrator.step(`Restoring changes in '${nameOf(source)}'`);
    const returned = await returnChanges(stashed, { git, narrator }, repository);
    return returned.kind === 'conflict';
  }
  async function letGo(): Promise<boolean> {
    await keepEntries(stashed.ignoreEntries, repository, narrator);
    if (failed.length > 0) return true;
    await forgetChanges(stashed, source.path, { git, repository });
    return false;
  }
}
