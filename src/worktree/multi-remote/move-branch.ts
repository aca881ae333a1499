import { join } from 'node:path';
import { DaftError } from '../../daft-error';
import { gitsComplaint, transfer, type Worktree } from '../../git';
import { setUpstream } from '../add-worktree';
import { canonicalPath } from '../canonical-path';
import type { WorktreeServices } from '../worktree-services';
import { isTaken } from './migrate';
import { moveWorktrees } from './move-worktrees';
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

export type MovePlan =
  | { kind: 'already-there' }
  | {
      kind: 'move';
      move: FolderMove;
      /** Below the folder of the remote. */
      name: string;
      branch: string | undefined;
      /** Where the branch is pushed to now, if that is another remote. */
      oldRemote: string | undefined;
    };

/** Throws DaftError if the worktree cannot be moved. */
export function planMove({ target, to }: Pick<MoveRequest, 'target' | 'to'>, cwd: string, state: MultiRemote): MovePlan {
  const { repository, settings } = state;
  if (!settings.multiRemoteEnabled) throw new DaftError('Multi-remote mode is not enabled.', { hint: 'To turn it on: daft multi-remote enable' });
  requireRemote(to, state);
  const worktree = findWorktree(target, cwd, state);
  if (worktree === undefined) throw new DaftError(`Could not find worktree for branch '${target}'`);
  const parts = partsBelow(repository.projectRoot, worktree.path) ?? [];
  const folder = folderOf(worktree, state);
  const name = worktree.branch ?? (folder === undefined ? parts : parts.slice(1)).join('/');
  const destination = join(repository.projectRoot, to, name);
  if (folder === to) return { kind: 'already-there' };
  const move = { worktree, from: worktree.path, to: destination };
  checkMoves([move], isTaken);
  const tracked = trackingRemote(worktree.branch, state) ?? folder;
  return { kind: 'move', move, name, branch: worktree.branch, oldRemote: tracked === to ? undefined : tracked };
}

/** Moves the worktree; what is wanted beyond that only warns when it fails. */
export async function moveToRemote(
  { move, branch, oldRemote }: MovePlan & { kind: 'move' },
  request: Omit<MoveRequest, 'target'>,
  { repository }: MultiRemote,
  services: Pick<WorktreeServices, 'git' | 'narrator' | 'signal'>,
): Promise<void> {
  const { git, narrator, signal } = services;
  const { to } = request;
  await moveWorktrees([move], { repository, git, narrator, signal }, async () => {});
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
    const answer = await transfer(git, move.to, ['push', '--no-verify', '--set-upstream', to, `refs/heads/${branch}`], { signal });
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
    const deleted = await transfer(git, move.to, ['push', '--no-verify', '--delete', oldRemote, `refs/heads/${branch}`], { signal });
    if (deleted.exitCode !== 0) narrator.warning(`Could not delete '${branch}' on '${oldRemote}': ${gitsComplaint(deleted)}`);
  }
}

function findWorktree(target: string, cwd: string, { repository, worktrees }: MultiRemote): Worktree | undefined {
  const paths = [join(cwd, target), join(repository.projectRoot, target), target].map((path) => canonicalPath(path));
  return worktrees.find(({ branch }) => branch === target) ?? worktrees.find(({ path }) => paths.includes(path));
}
