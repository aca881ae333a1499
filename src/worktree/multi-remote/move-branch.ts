import { join } from 'node:path';
import { DaftError } from '../../daft-error';
import { gitsComplaint, transfer, type Worktree } from '../../git';
import { setUpstream } from '../add-worktree';
import { canonicalPath } from '../canonical-path';
import { isTaken } from './migrate';
import { moveWorktrees, type MoveServices } from './move-worktrees';
import { checkMoves, partsBelow, type FolderMove } from './plan';
import { folderOf, requireRemote, trackingRemote, type MultiRemote } from './state';

export interface MoveRequest {
  /** A branch, or the path of a worktree. */
  target: string;
  to: string;
  setUpstream: boolean;
  push: boolean;
  deleteOld: boolean;
}

export type MovePlan = { kind: 'already-there'; mover: Mover } | { kind: 'move'; mover: Mover; move: FolderMove };

export interface Mover {
  /** In the folder of its new remote. */
  path: string;
  /** Below that folder. */
  name: string;
  branch: string | undefined;
  /** Where the branch is pushed to now, if that is another remote. */
  oldRemote: string | undefined;
}

/** Throws DaftError if the worktree cannot be moved. */
export function planMove({ target, to }: Pick<MoveRequest, 'target' | 'to'>, cwd: string, state: MultiRemote): MovePlan {
  const { repository, settings } = state;
  if (!settings.multiRemoteEnabled) throw new DaftError('Multi-remote mode is not enabled.', { hint: 'To turn it on: daft multi-remote enable' });
  requireRemote(to, state);
  const worktree = findWorktree(target, cwd, state);
  if (worktree === undefined) throw new DaftError(`Could not find worktree for branch '${target}'`);
  if (worktree.main) throw new DaftError(`'${target}' is in the main working tree, which is in no folder`, { hint: 'To make a container of the repository: daft layout transform contained' });
  const parts = partsBelow(repository.projectRoot, worktree.path) ?? [];
  const folder = folderOf(worktree, state);
  const name = worktree.branch ?? (folder === undefined ? parts : parts.slice(1)).join('/');
  const tracked = trackingRemote(worktree.branch, state) ?? folder;
  const mover: Mover = { path: join(repository.projectRoot, to, name), name, branch: worktree.branch, oldRemote: tracked === to ? undefined : tracked };
  if (folder === to) return { kind: 'already-there', mover: { ...mover, path: worktree.path } };
  const move = { worktree, from: worktree.path, to: mover.path };
  checkMoves([move], isTaken);
  return { kind: 'move', mover, move };
}

/** Moves the worktree; what is wanted beyond that only warns when it fails. */
export async function moveToRemote({ move, mover }: MovePlan & { kind: 'move' }, request: Omit<MoveRequest, 'target'>, state: MultiRemote, services: MoveServices): Promise<void> {
  await moveWorktrees([move], state.repository, services);
  await bringBranchAlong(mover, request, state, services);
}

/** What is wanted of a worktree that is in the folder of its remote, just now or since a move that was interrupted. */
export async function bringBranchAlong(
  { path, branch, oldRemote }: Mover,
  request: Omit<MoveRequest, 'target'>,
  { repository }: MultiRemote,
  { git, narrator, signal }: MoveServices,
): Promise<void> {
  const { to } = request;
  if (branch === undefined) {
    if (request.setUpstream || request.push || request.deleteOld) narrator.warning('The worktree is not on a branch: nothing to push, and no upstream to set');
    return;
  }
  const pushed = request.push && (await push());
  if (request.setUpstream && !pushed) {
    const set = await setUpstream(git, repository, { branch, remote: to });
    if (set.exitCode !== 0) narrator.warning(`Failed to set upstream tracking: ${gitsComplaint(set)}`);
  }
  if (request.deleteOld) await deleteOld(pushed);

  async function push(): Promise<boolean> {
    narrator.step(`Pushing '${branch}' to '${to}'`);
    const answer = await transfer(git, path, ['push', '--no-verify', '--set-upstream', to, `refs/heads/${branch}`], { signal });
    if (answer.exitCode !== 0) narrator.warning(`Could not push '${branch}' to '${to}': ${gitsComplaint(answer)}`);
    return answer.exitCode === 0;
  }

  async function deleteOld(mayDelete: boolean): Promise<void> {
    if (!mayDelete) {
      narrator.warning('The branch on the old remote is kept: --delete-old deletes it only after a successful --push');
      return;
    }
    if (oldRemote === undefined) {
      narrator.warning('There is no other remote to delete the branch on');
      return;
    }
    const deleted = await transfer(git, path, ['push', '--no-verify', '--delete', oldRemote, `refs/heads/${branch}`], { signal });
    if (deleted.exitCode !== 0) narrator.warning(`Could not delete '${branch}' on '${oldRemote}': ${gitsComplaint(deleted)}`);
  }
}

function findWorktree(target: string, cwd: string, { repository, worktrees }: MultiRemote): Worktree | undefined {
  const paths = [join(cwd, target), join(repository.projectRoot, target), target].map((path) => canonicalPath(path));
  return worktrees.find(({ branch }) => branch === target) ?? worktrees.find(({ path }) => paths.includes(path));
}
