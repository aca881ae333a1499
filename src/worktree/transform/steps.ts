import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { lstatIfExists, randomBytes } from '../../fs';
import { hasWorktreeConfig, readCoreBare, readRefs } from '../../git';
import type { Operation, Premises, TransformPlan } from '../../layout/transform';
import { attachOwnState, detachOwnState } from './own-state';
import { registrationOf, registrationsOf } from './links';
import { stashChanges, unstash } from './stash';
import { relinkSubmodules } from './submodules';
import { moveTree } from './tree';
import type { Undertaking } from './undertaking';

/** What later operations of a plan need to know of earlier ones. */
export interface Progress {
  premises: Premises;
  plan: TransformPlan;
  /** By branch. */
  stashes: Map<string, { commit: string; message: string }>;
  /** Set aside by `unregister`. */
  registration: { setAside: string; original: string; path: string } | undefined;
  checkIntegrity: () => Promise<void>;
  warn: (text: string) => void;
}

/** Carries out one operation of a plan. Throws where it fails; what was done until then is in the journal. */
export async function perform(operation: Operation, progress: Progress, undertaking: Undertaking): Promise<void> {
  switch (operation.kind) {
    case 'stash': {
      const message = `daft layout transform: '${operation.branch}' ${randomBytes(6).toString('hex')}`;
      const commit = await stashChanges(operation.path, message, undertaking);
      if (commit !== undefined) progress.stashes.set(operation.branch, { commit, message });
      return;
    }
    case 'move':
      return undertaking.moveWorktree(operation.from, operation.to, operation);
    case 'unregister':
      return unregister(operation.path, progress, undertaking);
    case 'collapse':
    case 'nest':
      return moveTree(operation.from, operation.to, linkedWorktrees(undertaking), undertaking);
    case 'move-git':
      return moveGit(operation.from, operation.to, progress, undertaking);
    case 'set-bare':
      return setBare(operation.bare, undertaking);
    case 'attach':
      return attach(operation.path, progress, undertaking);
    case 'register':
      return register(operation.path, progress, undertaking);
    case 'check':
      return progress.checkIntegrity();
    case 'restore': {
      const stash = progress.stashes.get(operation.branch);
      if (stash === undefined) return;
      const { commit, message } = stash;
      undertaking.journal.note({ undo: 'unstash', worktree: operation.path, message });
      const restored = await unstash(undertaking.git, operation.path, commit);
      if (restored.kind === 'kept') progress.warn(`Could not restore the changes of '${operation.branch}', which are kept as stash ${commit.slice(0, 12)}: ${restored.reason}`);
    }
  }
}

function linkedWorktrees({ commonDir }: Undertaking): string[] {
  return registrationsOf(commonDir).map(({ link }) => dirname(link));
}

function unregister(path: string, progress: Progress, undertaking: Undertaking): void {
  const { directory } = registrationOf(path, undertaking.commonDir);
  const setAside = 'registration';
  progress.registration = { setAside, original: directory, path };
  undertaking.write(join(path, '.git'), null);
  undertaking.rename([[directory, join(undertaking.journal.directory, setAside)]]);
}

async function moveGit(from: string, to: string, { plan, premises }: Progress, undertaking: Undertaking): Promise<void> {
  undertaking.moveGit(from, to);
  for (const { directory, link } of registrationsOf(to)) {
    const worktree = dirname(link);
    await relinkSubmodules({ gitDir: { before: join(from, 'worktrees', basename(directory)), now: directory }, worktree: { before: worktree, now: worktree } }, undertaking);
  }
  // A main working tree that has been collapsed leaves its directory only now.
  if (premises.structure === 'wrapped' && plan.pivot?.path === dirname(from) && undertaking.removeIfEmpty(dirname(from))) undertaking.removeEmpty(dirname(dirname(from)));
}

async function setBare(bare: boolean, undertaking: Undertaking): Promise<void> {
  const { commonDir } = undertaking;
  await undertaking.configure(join(commonDir, 'config'), 'core.bare', String(bare));
  // Where sparse checkouts have moved the value to, it would win.
  const own = join(commonDir, 'config.worktree');
  if (lstatIfExists(own)) await undertaking.configure(own, 'core.bare', null);
}

/** Where worktrees have configurations of their own, the value of the common one is that of each of them, linked ones too. See git-worktree(1). */
async function leaveLinkedWorktreesOut(commonDir: string, undertaking: Undertaking): Promise<void> {
  if (!readCoreBare(commonDir) || !hasWorktreeConfig(commonDir)) return;
  await undertaking.configure(join(commonDir, 'config.worktree'), 'core.bare', 'true');
  await undertaking.configure(join(commonDir, 'config'), 'core.bare', null);
}

async function attach(path: string, { registration }: Progress, undertaking: Undertaking): Promise<void> {
  if (registration === undefined) throw new Error('nothing was unregistered');
  attachOwnState(join(undertaking.journal.directory, registration.setAside), undertaking);
  await relinkSubmodules({ gitDir: { before: registration.original, now: undertaking.commonDir }, worktree: { before: registration.path, now: path } }, undertaking);
}

async function register(path: string, { premises, plan }: Progress, undertaking: Undertaking): Promise<void> {
  const { commonDir, journal } = undertaking;
  const making = join(journal.directory, 'registration');
  mkdirSync(making);
  const registration = freeRegistration(path, commonDir);
  undertaking.write(join(making, 'gitdir'), `${join(path, '.git')}\n`);
  undertaking.write(join(making, 'commondir'), '../..\n');
  detachOwnState(making, undertaking);
  await leaveLinkedWorktreesOut(commonDir, undertaking);
  undertaking.makeDirectory(dirname(registration));
  undertaking.rename([[making, registration]]);
  undertaking.write(join(path, '.git'), `gitdir: ${registration}\n`);
  await nameDefaultBranch(premises.defaultBranch, undertaking);
  const was = plan.pivot?.path ?? path;
  await relinkSubmodules({ gitDir: { before: premises.commonDir, now: registration }, worktree: { before: was, now: path } }, undertaking);
}

/** Named after the last path component, as git has it, with a number where that is taken. */
function freeRegistration(path: string, commonDir: string): string {
  const plain = join(commonDir, 'worktrees', basename(path));
  for (let number = 0; ; number += 1) {
    const candidate = number === 0 ? plain : `${plain}${number}`;
    if (!lstatIfExists(candidate)) return candidate;
  }
}

/** HEAD of a bare repository stands for its default branch. */
async function nameDefaultBranch(branch: string | undefined, undertaking: Undertaking): Promise<void> {
  if (branch === undefined) return;
  const ref = `refs/heads/${branch}`;
  if ((await readRefs(undertaking.git, undertaking.commonDir, [ref])).has(ref)) undertaking.write(join(undertaking.commonDir, 'HEAD'), `ref: ${ref}\n`);
}
