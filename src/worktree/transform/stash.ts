import { fault } from '../../fault';
import { askPatiently, gitFailure, gitsComplaint, type Git } from '../../git';
import type { Undertaking } from './undertaking';

/** Puts the changes of a worktree aside; returns the commit that keeps them, undefined if git found none to keep. */
export async function stashChanges(worktree: string, message: string, { git, journal }: Undertaking): Promise<string | undefined> {
  journal.note({ undo: 'stash', worktree, message });
  await pushStash(git, worktree, message);
  return (await findStash(git, worktree, message))?.commit;
}

export async function pushStash(git: Git, worktree: string, message: string): Promise<void> {
  const answer = await askPatiently(git, worktree, ['stash', 'push', '--quiet', '--include-untracked', '--message', message], { untilDone: true });
  if (answer.exitCode !== 0) throw gitFailure(`Failed to stash the changes of '${worktree}'`, answer);
}

/** Brings changes back, and what of them was staged. Where git cannot, the stash entry is kept. */
export async function unstash(git: Git, worktree: string, commit: string): Promise<{ kind: 'restored' } | { kind: 'kept'; reason: string }> {
  const applied = await askPatiently(git, worktree, ['stash', 'apply', '--quiet', '--index', commit], { untilDone: true });
  if (applied.exitCode !== 0) return { kind: 'kept', reason: gitsComplaint(applied) };
  if (DAFT_FAULTS) fault('transform: changes applied');
  // By its commit: somebody else may have stashed something since.
  const position = (await listStashes(git, worktree)).findIndex((entry) => entry.commit === commit);
  if (position >= 0) await askPatiently(git, worktree, ['stash', 'drop', '--quiet', `stash@{${position}}`]);
  return { kind: 'restored' };
}

export async function findStash(git: Git, worktree: string, message: string): Promise<{ commit: string } | undefined> {
  return (await listStashes(git, worktree)).find(({ subject }) => subject.endsWith(message));
}

async function listStashes(git: Git, worktree: string): Promise<{ commit: string; subject: string }[]> {
  // That there is none must be git's word: it has none, and says so, where it takes the repository for a bare one.
  const list = await git.run(worktree, ['stash', 'list', '-z', '--format=%H %gs'], 'Failed to list the stash');
  return list
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => ({ commit: line.slice(0, line.indexOf(' ')), subject: line.slice(line.indexOf(' ') + 1) }));
}
