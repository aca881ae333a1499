import { join } from 'node:path';
import { DaftError } from '../../daft-error';
import { gitsComplaint, listBranches, requireGitVersion, transfer, withoutPrompts, type Repository } from '../../git';
import { repositoryOf } from '../checkout-context';
import type { WorktreeServices } from '../worktree-services';
import { checkBranchName, repositoryNameFromUrl } from '../names';
import { claimDirectory, existingDirectory, requireNothingAt } from '../new-directory';
import { warnOfIdleRemote } from '../placement';
import { Taking } from '../taking';
import { addUnbornWorktree, pointHeadAt } from '../unborn';
import type { CloneAdviser, CloneRequest, Cloning } from './cloning';
import { settleFirings, type FiringPlace } from './hooks';
import { layoutOfClone } from './layout';
import { createOthers, placeOther } from './others';
import { meansDefault, planClone } from './plan';
import { recordClone } from './record';
import { askRemote } from './remote-branches';
import { checkOut, containerOf, settle } from './structure';
import { fetchTracking, relateToRemote } from './tracking';

export type Cloned =
  | { kind: 'worktree'; path: string; destination: string }
  | { kind: 'branch not found'; name: string; branch: string; destination: string }
  | { kind: 'bare'; name: string; destination: string }
  | { kind: 'cancelled' };

/** Clones a repository into a directory of its own (worktrees-create.md 6). Until its base worktree is there, a failure leaves nothing behind. */
export async function cloneRepository(request: CloneRequest, services: WorktreeServices, adviser: CloneAdviser): Promise<Cloned> {
  const { git, cwd, settings, narrator, signal } = services;
  for (const branch of request.branches) if (!meansDefault(branch)) checkBranchName(branch);
  const name = repositoryNameFromUrl(request.url);
  const root = join(existingDirectory(cwd), name);
  requireNothingAt(root);

  narrator.step(`Asking '${request.url}' for its branches`);
  const preferred = settings.raw.get('init.defaultbranch');
  const [version, remote] = await Promise.all([requireGitVersion(git), askRemote(git, cwd, request.url, preferred)]);
  if (remote.kind === 'branches' && remote.guessed) narrator.warning(`The remote does not name its default branch; using '${remote.defaultBranch}'`);
  if (remote.kind === 'empty' && request.allBranches) {
    throw new DaftError('Cannot use --all-branches with an empty repository (no branches exist)');
  }

  claimDirectory(root);
  const taking = new Taking([root]);
  try {
    const commonDir = await cloneBare(request, root, services, adviser);
    const defaultBranch = remote.kind === 'branches' ? remote.defaultBranch : undefined;
    if (remote.kind === 'branches' && remote.guessed) await pointHeadAt(git, commonDir, remote.defaultBranch);
    const layout = request.layout ?? (await layoutOfClone({ commonDir, defaultBranch }, services, adviser));
    if (layout === 'cancelled') {
      taking.back();
      return { kind: 'cancelled' };
    }
    if (request.noCheckout && layout.structure !== 'bare') {
      throw new DaftError(`--no-checkout requires a bare layout. The '${layout.name}' layout uses a non-bare repository.`, {
        hint: 'Pick one of the bare-using layouts: contained or contained-flat.',
      });
    }
    const cloning: Cloning = { request, remoteFolder: request.remoteFolder, services, adviser, root, name, layout, version, taking };
    warnOfIdleRemote(cloning);
    if (defaultBranch !== undefined) return await finishFilled(defaultBranch, commonDir, cloning);
    const [wanted = 'HEAD'] = request.branches;
    return await finishEmpty(meansDefault(wanted) ? (preferred ?? 'master') : wanted, commonDir, cloning);
  } catch (error) {
    taking.back();
    signal.throwIfAborted(); // git dies of the same Ctrl-C, and its complaint would hide the reason
    throw error;
  }
}

/** Returns the git dir: bare, with all branches of the remote as local ones, and set up to fetch like any other clone. */
async function cloneBare({ url }: CloneRequest, root: string, services: WorktreeServices, { onProgress }: CloneAdviser): Promise<string> {
  const { git, cwd, settings, narrator, signal } = services;
  const commonDir = join(root, '.git');
  narrator.step(`Cloning '${url}'`);
  // --origin works with --bare since git 2.39 only; until then the user's own default name must not get in our way.
  const cloned = await transfer(git, cwd, ['clone', '--bare', '--', url, commonDir], { signal, onProgress, config: ['clone.defaultRemoteName=origin'] });
  if (cloned.exitCode !== 0) throw new DaftError('Git clone failed', { cause: new Error(gitsComplaint(cloned)) });
  const { remote } = settings;
  if (remote !== 'origin') await git.run(commonDir, ['config', '--rename-section', 'remote.origin', `remote.${remote}`], 'Git clone failed');
  await git.run(commonDir, ['config', `remote.${remote}.fetch`, `+refs/heads/*:refs/remotes/${remote}/*`], 'Git clone failed');
  return commonDir;
}

async function finishFilled(defaultBranch: string, commonDir: string, cloning: Cloning): Promise<Cloned> {
  const { request, services, name, layout, taking } = cloning;
  const { git, settings, narrator } = services;
  const { local: heads } = await listBranches(git, commonDir, settings.remote);
  const plan = planClone(request, { structure: layout.structure, defaultBranch, heads });
  for (const branch of plan.missing) narrator.warning(`Branch '${branch}' not found on remote`);

  const { base } = request.noCheckout ? { base: undefined } : plan;
  // Without a base, too: a later worktree goes to where the layout has it in a repository of this structure.
  const settled = await settle(base ?? defaultBranch, commonDir, cloning);
  const { path, repository } = settled;
  // One after the other: a fetch looks at the HEADs of all worktrees, and dies of one that is being added.
  if (base !== undefined) await checkOut(base, settled, cloning);
  await fetchTracking(repository, cloning);
  await relateToRemote(repository, { defaultBranch, base }, cloning);
  await recordClone(repository, cloning);
  taking.keep();
  if (base === undefined) {
    const destination = repository.projectRoot;
    return request.noCheckout ? { kind: 'bare', name, destination } : { kind: 'branch not found', name, branch: plan.missing[0] ?? '', destination };
  }

  const about = { repositoryUrl: request.url, defaultBranch };
  const others = await createAll(plan.others, { base, path, about }, repository, cloning);
  const destination = others.get(plan.destination ?? base) ?? path;
  return { kind: 'worktree', path: destination, destination };
}

/** Hooks of the base, and the worktrees beside it, whose paths are returned by branch. From here on the terminal may be a table's. */
async function createAll(
  branches: readonly string[],
  { base, path, about }: { base: string; path: string; about: FiringPlace['about'] & { defaultBranch: string } },
  repository: Repository,
  cloning: Cloning,
): Promise<Map<string, string>> {
  const { adviser } = cloning;
  const services = adviser.occupiesTerminal ? { ...cloning.services, git: withoutPrompts(cloning.services.git) } : cloning.services;
  const others = branches.map((branch) => placeOther(branch, repository, cloning));
  adviser.tell({ type: 'planned', repository, defaultBranch: about.defaultBranch, worktrees: [{ branch: base, path }, ...others] });
  await settleFirings(['post-clone', 'worktree-post-create'], { path, branch: base, source: path, about }, repositoryOf(path, repository), services);
  adviser.tell({ type: 'settled', branch: base });
  return createOthers(others, { basePath: path, about }, repository, { ...cloning, services });
}

async function finishEmpty(branch: string, commonDir: string, cloning: Cloning): Promise<Cloned> {
  const { request, services, root, name, layout, version, taking } = cloning;
  const { git } = services;
  if (request.noCheckout) {
    await recordClone(containerOf(root, commonDir, layout), cloning);
    taking.keep();
    return { kind: 'bare', name, destination: root };
  }
  checkBranchName(branch);
  const { path, repository } = await settle(branch, commonDir, cloning);
  if (layout.structure === 'bare') await addUnbornWorktree({ path, branch }, repository, { git, version });
  else await pointHeadAt(git, path, branch);
  await recordClone(repository, cloning);
  taking.keep();
  await createAll([], { base: branch, path, about: { repositoryUrl: request.url, defaultBranch: branch } }, repository, cloning);
  return { kind: 'worktree', path, destination: path };
}
