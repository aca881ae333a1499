import { transfer } from '../git';
import { addWorktree, setUpstream, type NewWorktree } from './add-worktree';
import { returnChanges, unstashChanges, type CarriedChanges } from './carry';
import { createFiring, type CheckoutContext, type CreatedFacts } from './checkout-context';
import { rememberLayout } from './choose-layout';
import { fireAndSettle } from './hook-outcome';
import { keepEntries, keepOutOfSight } from './ignore-entry';
import type { Placement } from './placement';

export interface Making {
  placement: Placement;
  worktree: NewWorktree;
  facts: CreatedFacts;
  /** Takes uncommitted changes out of their worktree; from then on they are ours to bring somewhere. */
  carry: () => Promise<CarriedChanges | undefined>;
  /** What ties the branch to a remote: an existing branch gets an upstream, a new one is pushed. */
  tie: { kind: 'upstream'; remote: string } | { kind: 'push'; remote: string } | { kind: 'none' };
}

/**
 * The common road of opening and creating: carry, pre-create, `worktree add`, ignore entry, apply, upstream or push,
 * post-create. Until the worktree is there, any failure leaves everything as it was.
 */
export async function makeWorktree(making: Making, context: CheckoutContext): Promise<void> {
  const { repository, services } = context;
  const { narrator } = services;
  const { path } = making.worktree;
  services.signal.throwIfAborted(); // from here on Ctrl-C is heard, and everything is put back before it is obeyed
  const carried = await making.carry();
  try {
    await fireAndSettle(createFiring('worktree-pre-create', making.facts, context), services);
    narrator.step(`Creating worktree '${path}'`);
    await addWorktree(making.worktree, repository, services);
  } catch (error) {
    if (carried) await returnChanges(carried, services, repository);
    throw error;
  }

  await keepOutOfSight(path, repository, narrator);
  if (making.placement.remember) await rememberLayout(repository.commonDir, making.placement.remember, services);
  if (carried) {
    await keepEntries(carried.ignoreEntries, repository, narrator);
    await apply(carried, path, context);
  }
  await tie(making, context);
  await fireAndSettle(createFiring('worktree-post-create', making.facts, context), services, {
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

async function tie({ tie: wanted, worktree }: Making, { repository, services }: CheckoutContext): Promise<void> {
  const { git, narrator, signal } = services;
  const { branch, path } = worktree;
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
