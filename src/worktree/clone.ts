import { existsSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { configCandidates, readConfigToml, updateRegistry } from '../config';
import { DaftError } from '../daft-error';
import { isErrno } from '../fs';
import { findBlob, gitFailure, gitsComplaint, listBranches, requireGitVersion, transfer, type GitVersion, type Repository, type TransferProgress } from '../git';
import type { Firing } from '../hooks';
import { defaultLayout, findLayout, placementProblem, placeWorktree, resolveLayout, type Layout } from '../layout';
import { addWorktree, setUpstream } from './add-worktree';
import { repositoryOf } from './checkout-context';
import { homeOf } from './choose-layout';
import { planClone, type ClonePlan } from './clone-plan';
import type { CreationServices } from './creation-services';
import { fireAndSettle } from './hook-outcome';
import { addIgnoreEntry, ignoreEntryFor } from './ignore-entry';
import { checkBranchName, repositoryNameFromUrl } from './names';
import { askRemote } from './remote-branches';
import { addUnbornWorktree, pointHeadAt } from './unborn';

export interface CloneRequest {
  url: string;
  branches: readonly string[];
  allBranches: boolean;
  noCheckout: boolean;
  /** Of the command line; already found. */
  layout: Layout | undefined;
  /** `--remote`: multi-remote mode with this folder. */
  remoteFolder: string | undefined;
  trustHooks: boolean;
}

export interface CloneAdviser {
  /** Asks for the layout where nothing has decided it; undefined: nobody was asked. */
  askLayout: () => Promise<Layout | 'cancelled' | undefined>;
  onProgress: (progress: TransferProgress) => void;
}

export type Cloned =
  | { kind: 'worktree'; path: string; destination: string }
  | { kind: 'branch not found'; name: string; branch: string; destination: string }
  | { kind: 'bare'; name: string; destination: string }
  | { kind: 'cancelled' };

/** Clones a repository into a directory of its own (worktrees-create.md 6). Until its base worktree is there, a failure leaves nothing behind. */
export async function cloneRepository(request: CloneRequest, services: CreationServices, adviser: CloneAdviser): Promise<Cloned> {
  const { git, cwd, settings, narrator, signal } = services;
  for (const branch of request.branches) if (branch !== '@' && branch !== 'HEAD') checkBranchName(branch);
  const version = await requireGitVersion(git);
  const name = repositoryNameFromUrl(request.url);
  const root = join(existingDirectory(cwd), name);
  if (existsSync(root)) throw new DaftError(`Target path './${name}' already exists.`);

  narrator.step(`Asking '${request.url}' for its branches`);
  const preferred = settings.raw.get('init.defaultbranch');
  const remote = await askRemote(git, cwd, request.url, preferred);
  if (remote.kind === 'branches' && remote.guessed) narrator.warning(`The remote does not name its default branch; using '${remote.defaultBranch}'`);
  if (remote.kind === 'empty' && request.allBranches) {
    throw new DaftError('Cannot use --all-branches with an empty repository (no branches exist)');
  }

  const taking = new Taking([root]);
  try {
    const commonDir = await cloneBare(request, root, services, adviser);
    const defaultBranch = remote.kind === 'branches' ? remote.defaultBranch : undefined;
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
    const cloning: Cloning = { request, services, adviser, root, name, layout, version, taking };
    const result = await (defaultBranch === undefined
      ? finishEmpty(request.branches[0] ?? preferred ?? 'master', commonDir, cloning)
      : finishFilled(defaultBranch, commonDir, cloning));
    return result;
  } catch (error) {
    taking.back();
    signal.throwIfAborted(); // git dies of the same Ctrl-C, and its complaint would hide the reason
    throw error;
  }
}

/** What a failure takes back; nothing any more once the clone has become the user's. */
class Taking {
  constructor(private readonly paths: string[]) {}

  add(path: string): void {
    this.paths.push(path);
  }

  keep(): void {
    this.paths.length = 0;
  }

  back(): void {
    // Retries: a git that was interrupted may still be tidying up in there.
    for (const path of this.paths.splice(0)) rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

interface Cloning {
  request: CloneRequest;
  services: CreationServices;
  adviser: CloneAdviser;
  /** Layout root. */
  root: string;
  name: string;
  layout: Layout;
  version: GitVersion;
  taking: Taking;
}

function existingDirectory(cwd: string): string {
  try {
    return realpathSync(cwd);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) throw new DaftError(`The current directory does not exist any more: '${cwd}'`);
    throw error;
  }
}

/** Returns the git dir: bare, with all branches of the remote as local ones, and set up to fetch like any other clone. */
async function cloneBare({ url }: CloneRequest, root: string, services: CreationServices, { onProgress }: CloneAdviser): Promise<string> {
  const { git, cwd, settings, narrator, signal } = services;
  const commonDir = join(root, '.git');
  narrator.step(`Cloning '${url}'`);
  // --origin works with --bare since git 2.39 only; until then the user's own default name must not get in our way.
  const cloned = await transfer(git, cwd, ['-c', 'clone.defaultRemoteName=origin', 'clone', '--bare', '--', url, commonDir], { signal, onProgress });
  if (cloned.exitCode !== 0) throw new DaftError('Git clone failed', { cause: new Error(gitsComplaint(cloned)) });
  const { remote } = settings;
  if (remote !== 'origin') await git.run(commonDir, ['config', '--rename-section', 'remote.origin', `remote.${remote}`], 'Git clone failed');
  await git.run(commonDir, ['config', `remote.${remote}.fetch`, `+refs/heads/*:refs/remotes/${remote}/*`], 'Git clone failed');
  return commonDir;
}

/** Without `--layout`: the committed daft.yml, config.toml, the question, `sibling`. */
async function layoutOfClone(
  { commonDir, defaultBranch }: { commonDir: string; defaultBranch: string | undefined },
  services: CreationServices,
  { askLayout }: CloneAdviser,
): Promise<Layout | 'cancelled'> {
  const { directories, narrator } = services;
  const custom = await readConfigToml(directories.config, narrator.warning);
  const committed = defaultBranch === undefined ? undefined : await committedLayout(commonDir, `refs/heads/${defaultBranch}`, services);
  const { decided, warnings } = resolveLayout(
    [
      { source: 'daft.yml', text: committed },
      { source: 'global config', text: custom.defaultLayout },
    ],
    custom.layouts,
  );
  warnings.forEach(narrator.warning);
  return decided?.layout ?? (await askLayout()) ?? defaultLayout;
}

async function committedLayout(commonDir: string, ref: string, { git, narrator }: CreationServices): Promise<string | undefined> {
  const blob = await findBlob(git, commonDir, configCandidates.map((path) => ({ ref, path })));
  if (blob === undefined) return undefined;
  const { parseConfig } = await import('../config/daft-yml');
  const parsed = parseConfig(blob.content, blob.path);
  if (parsed.kind === 'broken') narrator.warning(`Could not read daft.yml: ${parsed.message}`);
  return parsed.kind === 'loaded' ? parsed.config.layout : undefined;
}

async function finishFilled(defaultBranch: string, commonDir: string, cloning: Cloning): Promise<Cloned> {
  const { request, services, root, name, layout } = cloning;
  const { git, settings, narrator } = services;
  const { local: heads } = await listBranches(git, commonDir, settings.remote);
  const plan = planClone(request, { structure: layout.structure, defaultBranch, heads });
  for (const branch of plan.missing) narrator.warning(`Branch '${branch}' not found on remote`);

  const { base } = request.noCheckout ? { base: undefined } : plan;
  const created = base === undefined ? undefined : await createBase(base, commonDir, cloning);
  const repository = created?.repository ?? containerOf(root, commonDir, layout);
  await fetchTracking(repository, defaultBranch, base, cloning);
  await recordClone(repository, cloning);
  if (created === undefined || base === undefined) {
    if (layout.structure !== 'bare') await unbare(repository, services);
    cloning.taking.keep();
    return request.noCheckout ? { kind: 'bare', name, destination: root } : { kind: 'branch not found', name, branch: plan.missing[0] ?? '', destination: root };
  }
  cloning.taking.keep();

  const { path } = created;
  const about = { repositoryUrl: request.url, defaultBranch };
  await settleFirings(['post-clone', 'worktree-post-create'], { path, branch: base, source: path, about }, repository, services);
  const others = await createOthers(plan, { basePath: path, about }, repository, cloning);
  const destination = others.get(plan.destination ?? base) ?? path;
  return { kind: 'worktree', path: destination, destination };
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
  await settleFirings(['post-clone', 'worktree-post-create'], { path, branch, source: path, about: { repositoryUrl: request.url, defaultBranch: branch } }, repositoryOf(path, repository), services);
  return { kind: 'worktree', path, destination: path };
}

/** Where the worktree of a branch goes; in multi-remote mode a bare layout has a folder for each remote. */
function placeFor(branch: string, commonDir: string, { request, services, root, layout }: Cloning): string {
  const { settings, directories, env, narrator } = services;
  if (settings.multiRemoteEnabled || request.remoteFolder !== undefined) {
    if (layout.structure === 'bare') return join(root, request.remoteFolder ?? settings.multiRemoteDefaultRemote, branch);
    if (request.remoteFolder !== undefined) narrator.warning(`--remote has no effect on placement: layout '${layout.name}' is not bare`);
  }
  const path = placeWorktree(layout, branch, { layoutRoot: root, home: homeOf(env), dataDir: directories.data });
  const problem = placementProblem(path, { layoutRoot: root, commonDir });
  if (problem !== undefined) throw new DaftError(problem);
  return path;
}

/** Gives the repository the structure of its layout and says where the base goes; nothing is checked out yet. */
async function settle(base: string, commonDir: string, cloning: Cloning): Promise<{ path: string; repository: Repository }> {
  const { root, layout, services } = cloning;
  switch (layout.structure) {
    case 'bare':
      return { path: placeFor(base, commonDir, cloning), repository: containerOf(root, commonDir, layout) };
    case 'regular': {
      const repository = containerOf(root, commonDir, layout);
      await unbare(repository, services);
      return { path: root, repository };
    }
    case 'wrapped': {
      const path = placeFor(base, commonDir, cloning);
      mkdirSync(path, { recursive: true });
      renameSync(commonDir, join(path, '.git'));
      const repository: Repository = { commonDir: join(path, '.git'), gitDir: join(path, '.git'), projectRoot: path, bare: false, worktreeRoot: path };
      await unbare(repository, services);
      return { path, repository };
    }
  }
}

async function createBase(base: string, commonDir: string, cloning: Cloning): Promise<{ path: string; repository: Repository }> {
  const { services, layout, taking } = cloning;
  services.narrator.step(`Checking out '${base}'`);
  const { path, repository } = await settle(base, commonDir, cloning);
  if (layout.structure === 'bare') {
    if (existsSync(path)) throw new DaftError(`Cannot create a worktree for branch '${base}': '${path}' already exists`);
    taking.add(path);
    await addWorktree({ path, branch: base }, repository, services);
  } else {
    const checkedOut = await services.git.ask(path, ['checkout', '--force', '--quiet', base, '--']);
    if (checkedOut.exitCode !== 0) throw gitFailure(`Failed to check out '${base}'`, checkedOut);
  }
  return { path, repository: repositoryOf(path, repository) };
}

function containerOf(root: string, commonDir: string, layout: Layout): Repository {
  return { commonDir, gitDir: commonDir, projectRoot: dirname(commonDir), bare: layout.structure === 'bare', worktreeRoot: layout.structure === 'bare' ? undefined : root };
}

async function unbare({ commonDir }: Repository, { git }: CreationServices): Promise<void> {
  await git.run(commonDir, ['config', 'core.bare', 'false'], 'Failed to set up the repository');
}

/** Remote-tracking branches, the remote's HEAD, the upstream of the base: a clone that lacks them still is a clone. */
async function fetchTracking(repository: Repository, defaultBranch: string, base: string | undefined, { services, adviser }: Cloning): Promise<void> {
  const { git, settings, narrator, signal } = services;
  const { remote } = settings;
  narrator.step(`Fetching from '${remote}'`);
  const fetched = await transfer(git, repository.commonDir, ['fetch', remote], { signal, onProgress: adviser.onProgress });
  if (fetched.exitCode !== 0) narrator.warning(`Failed to fetch from '${remote}': ${fetched.stderr.trim()}`);
  // The remote has already said what `set-head --auto` would ask it for.
  const head = await git.ask(repository.commonDir, ['remote', 'set-head', remote, defaultBranch]);
  if (head.exitCode !== 0) narrator.warning(`Failed to record the default branch of '${remote}': ${head.stderr.trim()}`);
  if (base !== undefined) await tie(base, repository, services);
}

async function tie(branch: string, repository: Repository, { git, settings, narrator }: CreationServices): Promise<void> {
  if (!settings.checkoutUpstream) return;
  const set = await setUpstream(git, repository, { branch, remote: settings.remote });
  if (set.exitCode !== 0) narrator.warning(`Failed to set upstream tracking: ${set.stderr.trim()}`);
}

/** Registry and configuration of the new repository. What an earlier repository at this path had is not inherited. */
async function recordClone({ commonDir }: Repository, { request, services, layout }: Cloning): Promise<void> {
  const { git, settings, directories, narrator, now } = services;
  if (request.remoteFolder !== undefined) {
    await git.run(commonDir, ['config', 'daft.multiRemote.enabled', 'true'], 'Failed to turn on multi-remote mode');
    await git.run(commonDir, ['config', 'daft.multiRemote.defaultRemote', request.remoteFolder], 'Failed to turn on multi-remote mode');
  }
  const url = request.trustHooks ? await git.ask(commonDir, ['config', '--get', `remote.${settings.remote}.url`]) : undefined;
  if (request.trustHooks) narrator.step('Trusting repository for hooks (--trust-hooks flag)');
  try {
    await updateRegistry(
      directories.config,
      (registry) => {
        const trust = request.trustHooks
          ? ({ level: 'allow', grantedAt: Math.floor(now().getTime() / 1000), grantedBy: 'user', fingerprint: url?.stdout.trim() || null } as const)
          : null;
        if (registry.repositories.get(commonDir)?.trust && trust === null) {
          narrator.step('Removed stale trust entry for previous repository at this path');
        }
        return { ...registry, repositories: new Map(registry.repositories).set(commonDir, { trust, layout: layout.name }) };
      },
      { now: now(), warn: narrator.warning },
    );
  } catch (error) { // a full disk, no permission, a lock that is never released: the clone is there all the same
    if (!(error instanceof Error)) throw error;
    narrator.warning(`Could not save layout to repos.json: ${error.message}`);
  }
}

interface FiringPlace {
  path: string;
  branch: string;
  source: string;
  about: Pick<Firing, 'repositoryUrl' | 'defaultBranch'>;
}

function cloneFiring(hook: Firing['hook'], { path, branch, source, about }: FiringPlace, repository: Repository): Firing {
  return { hook, command: 'clone', repository, sourceWorktree: source, targetWorktree: path, branch, worktreeLabel: branch, isNewBranch: false, ...about };
}

async function settleFirings(hooks: readonly Firing['hook'][], place: FiringPlace, repository: Repository, services: CreationServices): Promise<void> {
  for (const hook of hooks) {
    await fireAndSettle(cloneFiring(hook, place, repository), services, {
      message: `the worktree was created and kept at '${place.path}'`,
      hint: `To run the hook again there: ${services.exe} hooks run ${hook}`,
    });
  }
}

/** The worktrees beside the base, each on its own: one that fails is a warning. Returns their paths by branch. */
async function createOthers(
  plan: ClonePlan,
  { basePath, about }: { basePath: string; about: FiringPlace['about'] },
  repository: Repository,
  cloning: Cloning,
): Promise<Map<string, string>> {
  const { services, request } = cloning;
  const { narrator, signal } = services;
  const paths = new Map<string, string>();
  let aborted: DaftError | undefined;
  for (const branch of plan.others) {
    const path = placeFor(branch, repository.commonDir, cloning);
    const place: FiringPlace = { path, branch, source: basePath, about };
    narrator.step(`Creating worktree '${path}'`);
    if (!request.allBranches && !(await passes(fireAndSettle(cloneFiring('worktree-pre-create', place, repository), services)))) {
      narrator.warning(`pre-create hook failed for '${branch}', skipping`);
      continue;
    }
    const failure = await failureOf(addWorktree({ path, branch }, repository, services));
    if (failure !== undefined) {
      signal.throwIfAborted();
      narrator.warning(
        request.allBranches
          ? `creating worktree for branch '${branch}': ${failure.message}`
          : `Could not create worktree for branch '${branch}': ${failure.message}`,
      );
      continue;
    }
    paths.set(branch, path);
    await tie(branch, repository, services);
    const entry = ignoreEntryFor(path, repository);
    if (entry !== undefined) await addIgnoreEntry(entry, repository);
    if (!request.allBranches) {
      aborted ??= await failureOf(settleFirings(['worktree-post-create'], place, repositoryOf(path, repository), services));
    }
  }
  if (aborted !== undefined) throw aborted;
  return paths;
}

async function passes(attempt: Promise<void>): Promise<boolean> {
  return (await failureOf(attempt)) === undefined;
}

async function failureOf(attempt: Promise<void>): Promise<DaftError | undefined> {
  try {
    await attempt;
    return undefined;
  } catch (error) {
    if (error instanceof DaftError) return error;
    throw error;
  }
}

/** Throws DaftError for a layout of the command line that there is not; `known` are names to suggest from. */
export async function findNamedLayout(text: string, { directories, narrator }: Pick<CreationServices, 'directories' | 'narrator'>): Promise<Layout | { unknown: string; known: readonly string[] }> {
  const custom = await readConfigToml(directories.config, narrator.warning);
  const found = findLayout(text, custom.layouts);
  switch (found.kind) {
    case 'layout': return found.layout;
    case 'malformed': throw new DaftError(found.message);
    case 'unknown': return { unknown: text, known: custom.layouts.map(({ name }) => name) };
  }
}
