import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readConfigToml, type ConfigToml } from '../../config';
import { DaftError } from '../../daft-error';
import { gitsComplaint, requireGitVersion, type GitVersion, type Repository } from '../../git';
import { configuredDefault, layoutNamed, type Layout } from '../../layout';
import { checkNameWithGit } from '../branches';
import { rememberLayout } from '../choose-layout';
import { turnOnMultiRemote } from '../multi-remote';
import { checkBranchName, checkRepositoryName } from '../names';
import { claimDirectory, existingDirectory, requireNothingAt } from '../new-directory';
import { placeInNew, warnOfIdleRemote } from '../placement';
import { Taking } from '../taking';
import { addUnbornWorktree } from '../unborn';
import type { WorktreeServices } from '../worktree-services';

export interface InitRequest {
  name: string;
  /** Default: git's own, `init.defaultBranch`. */
  branch: string | undefined;
  /** No worktree. */
  bare: boolean;
  /** Of the command line; already found. */
  layout: Layout | undefined;
  /** `--remote`: multi-remote mode with this folder. */
  remoteFolder: string | undefined;
}

export interface InitAdviser {
  /** Asks for the layout where nothing has decided it; undefined: nobody was asked. */
  askLayout: () => Promise<Layout | 'cancelled' | undefined>;
}

export type Initialized = { kind: 'worktree'; path: string } | { kind: 'bare' } | { kind: 'cancelled' };

type Services = Pick<WorktreeServices, 'git' | 'settings' | 'directories' | 'env' | 'narrator' | 'cwd' | 'now'>;

/** Makes a repository with a worktree for its first branch, or without. A failure leaves nothing behind. */
export async function initRepository(request: InitRequest, services: Services, { askLayout }: InitAdviser): Promise<Initialized> {
  const { git, cwd, settings, narrator } = services;
  const { name, remoteFolder } = request;
  checkRepositoryName(name);
  if (request.branch === '') throw new DaftError('Initial branch name cannot be empty');
  const branch = request.branch ?? (settings.raw.get('init.defaultbranch') || 'master');
  checkBranchName(branch);
  const [version] = await Promise.all([requireGitVersion(git), checkNameWithGit(git, branch)]);

  const custom = await readConfigToml(services.directories.config, narrator.warning);
  const layout = request.layout ?? configuredLayout(custom, services) ?? (await askLayout()) ?? layoutNamed('contained', custom.layouts);
  if (layout === 'cancelled') return { kind: 'cancelled' };
  if (request.bare && layout.structure !== 'bare') {
    throw new DaftError(`--bare requires a bare layout. The '${layout.name}' layout uses a non-bare repository.`, {
      hint: 'Pick one of the bare-using layouts: contained or contained-flat.',
    });
  }
  const root = join(existingDirectory(cwd), name);
  requireNothingAt(root);
  claimDirectory(root);
  const taking = new Taking([root]);
  try {
    narrator.step(`Initializing '${name}'`);
    const place = { root, layout, remoteFolder, services };
    warnOfIdleRemote(place);
    const made = await make({ branch, bare: request.bare, version }, place, taking);
    if (remoteFolder !== undefined) await turnOnMultiRemote(git, made.commonDir, remoteFolder);
    taking.keep();
    await rememberLayout(made.commonDir, layout, services);
    return made.path === undefined ? { kind: 'bare' } : { kind: 'worktree', path: made.path };
  } catch (error) {
    taking.back();
    throw error;
  }
}

/** Only config.toml has a say: there is no daft.yml yet. */
function configuredLayout(custom: ConfigToml, { narrator }: Services): Layout | undefined {
  const { decided, warnings } = configuredDefault(custom);
  warnings.forEach(narrator.warning);
  return decided?.layout;
}

async function make(
  { branch, bare, version }: { branch: string; bare: boolean; version: GitVersion },
  place: { root: string; layout: Layout; remoteFolder: string | undefined; services: Services },
  taking: Taking,
): Promise<{ commonDir: string; path: string | undefined }> {
  const { root, layout, services } = place;
  const commonDir = join(root, '.git');
  switch (layout.structure) {
    case 'bare': {
      await init(['--bare', commonDir], { branch, root }, services);
      if (bare) return { commonDir, path: undefined };
      const path = placeInNew(branch, commonDir, place);
      claimPlace(path);
      taking.add(path);
      const repository: Repository = { commonDir, gitDir: commonDir, projectRoot: root, bare: true, worktreeRoot: undefined };
      await addUnbornWorktree({ path, branch }, repository, { git: services.git, version });
      return { commonDir, path };
    }
    case 'regular':
      await init([root], { branch, root }, services);
      return { commonDir, path: root };
    case 'wrapped': {
      const path = placeInNew(branch, commonDir, place);
      mkdirSync(dirname(path), { recursive: true });
      await init([path], { branch, root }, services);
      return { commonDir: join(path, '.git'), path };
    }
  }
}

/** A template may lead out of the new directory, to where somebody else has something. */
function claimPlace(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    claimDirectory(path);
  } catch (error) {
    throw new DaftError('Failed to create initial worktree', { cause: error });
  }
}

async function init(args: readonly string[], { branch, root }: { branch: string; root: string }, { git }: Services): Promise<void> {
  const made = await git.ask(root, ['init', '--quiet', `--initial-branch=${branch}`, ...args]);
  if (made.exitCode !== 0) throw new DaftError('Git init failed', { cause: new Error(gitsComplaint(made)) });
}
