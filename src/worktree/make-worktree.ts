import { crash } from '../fault';
import { transfer } from '../git';
import { addNotedWorktree, setUpstream } from './add-worktree';
import { isStashed, returnChanges, unstashChanges, type CarriedChanges } from './carry';
import { createFiring, type CheckoutContext } from './checkout-context';
import { rememberLayout } from './choose-layout';
import { copyIntoNewWorktree } from './copy';
import { fireAndSettle } from './hook-outcome';
import { strikeOut, type CreationNote } from './creation-note';
import { keepEntries, keepOutOfSight } from './ignore-entry';
import type { Placement } from './placement';

export interface Making {
  placement: Placement;
  creation: Omit<CreationNote, 'stash'>;
  /** Takes uncommitted changes out of their worktree; from then on they are ours to bring somewhere. */
  carry: () => Promise<CarriedChanges | undefined>;
}

/**
 * The common road of opening and creating: carry, pre-create, `worktree add`, ignore entry, apply, upstream or push,
 * copies, post-create. Until the worktree is there, any failure leaves everything as it was; if we are killed, a note tells the
 * next command for the branch what to do.
 */
export async function makeWorktree({ placement, creation, carry }: Making, context: CheckoutContext): Promise<void> {
  const { repository, services } = context;
  const { narrator } = services;
  services.signal.throwIfAborted(); // from here on Ctrl-C is heard, and everything is put back before it is obeyed
  const carried = await carry();
  try {
    if (DAFT_FAULTS) crash('create: begins');
    await fireAndSettle(createFiring('worktree-pre-create', creation, context), services);
    narrator.step(`Creating worktree '${creation.path}'`);
    await addNotedWorktree({ ...creation, stash: carried?.commit }, repository, services);
  } catch (error) {
    if (carried) await returnChanges(carried, services, repository);
    throw error;
  }
  if (placement.remember) await rememberLayout(repository.commonDir, placement.remember, services);
  await furnish(creation, context, carried);
}

/** Finishes the creation of a worktree whose maker was killed after git had made it. */
export async function finishWorktree(note: CreationNote, context: CheckoutContext): Promise<void> {
  const { narrator } = context.services;
  if (note.stash !== undefined && (await isStashed(note.stash, note.path, context.services.git))) {
    narrator.warning(`The changes that were on their way here are in the stash as ${note.stash}: git stash apply --index ${note.stash}`);
  }
  await furnish(note, context, undefined);
}

/** What a worktree gets from us once git has made it. */
async function furnish(creation: Making['creation'], context: CheckoutContext, carried: CarriedChanges | undefined): Promise<void> {
  const { repository, services } = context;
  const { narrator } = services;
  const { path, branch } = creation;
  await keepOutOfSight(path, repository, narrator);
  if (carried) {
    await keepEntries(carried.ignoreEntries, repository, narrator);
    await apply(carried, path, context);
  }
  await tie(creation, context);
  await copyIntoNewWorktree(path, { base: creation.baseBranch, worktree: repository.worktreeRoot }, repository, services);
  if (DAFT_FAULTS) crash('create: whole');
  strikeOut(repository.commonDir, branch); // before the hook, which is fired at most once
  if (DAFT_FAULTS) crash('create: note gone');
  await fireAndSettle(createFiring('worktree-post-create', creation, context), services, {
    message: `the worktree was created and kept at '${path}'`,
    hint: `To run the hook again there: ${services.exe} hooks run worktree-post-create`,
  });
}

async function apply(carried: CarriedChanges, target: string, { repository, services }: CheckoutContext): Promise<void> {
  const { git, narrator } = services;
  narrator.step('Applying carried changes');
  const applied = await unstashChanges(carried, target, { git, repository });
  if (applied.kind === 'conflict') {
    narrator.warning(`Stash could not be applied cleanly: ${applied.complaint}`);
    narrator.warning(`The changes are kept in the stash as ${carried.commit}: git stash apply ${carried.commit}`);
  }
}

async function tie({ tie: wanted, branch, path }: Making['creation'], { repository, services }: CheckoutContext): Promise<void> {
  const { git, narrator, signal } = services;
  switch (wanted.kind) {
    case 'none':
      return;
    case 'upstream': {
      const set = await setUpstream(git, repository, { branch, remote: wanted.remote });
      if (set.exitCode !== 0) narrator.warning(`Failed to set upstream tracking: ${set.stderr.trim()}`);
      return;
    }
    case 'push': {
      narrator.step(`Pushing '${branch}' to '${wanted.remote}'`);
      const pushed = await transfer(git, path, ['push', '--no-verify', '--set-upstream', wanted.remote, branch], { signal });
      if (pushed.exitCode !== 0) {
        narrator.warning(
          `Could not push '${branch}' to '${wanted.remote}': ${pushed.stderr.trim()}\nThe worktree is ready. To push by hand: git push --set-upstream ${wanted.remote} ${branch}`,
        );
      }
    }
  }
}
