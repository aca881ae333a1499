/** Operations on worktrees and repositories: everything that creates them. */
export { cloneRepository, findNamedLayout } from './clone';
export type { CloneAdviser, Cloned, CloneEvent, CloneRequest } from './clone';
export { carryChanges, nameOf } from './carry';
export type { CarryOutcome } from './carry';
export { createBranch } from './create-branch';
export type { Created, CreateRequest } from './create-branch';
export { configurationWorktree } from './checkout-context';
export type { CheckoutContext, CheckoutRequest } from './checkout-context';
export { findCurrentLayout } from './choose-layout';
export type { CurrentLayout, LayoutAdviser, UnresolvedLayout } from './choose-layout';
export { forgetLayout } from './forget-layout';
export type { WorktreeServices, Narrator } from './worktree-services';
export { goBack } from './go-back';
export { initRepository } from './init';
export type { Initialized } from './init';
export { openBranch } from './open-branch';
export type { Opened } from './open-branch';
export { parseRequestForm, requestLabel } from './request-form';
