/** Where the commands of `daft hooks` are pointed at, and what trust they find there. */
import { realpathSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { parseSettings, readDirectories } from '../../config';
import type { Directories, Registry, Settings } from '../../config';
import { DaftError } from '../../daft-error';
import { isErrno } from '../../fs';
import { createGit, listWorktrees, surveyRepository } from '../../git';
import type { Git, Repository } from '../../git';
import { findTrust, readTrustBook, surveyHooks } from '../../hooks';
import type { EffectiveTrust, HookSurvey, TrustBook } from '../../hooks';
import type { Messages } from '../../output';
import type { CommandContext } from '../context';

export interface HooksPlace {
  git: Git;
  /** Absolute and symlink-free: what the user pointed at. */
  path: string;
  repository: Repository;
  settings: Settings;
  directories: Directories;
}

/** Resolves the PATH of a `daft hooks` command. */
export async function findHooksPlace({ env, cwd }: CommandContext, given: string | undefined): Promise<HooksPlace> {
  const git = createGit(env);
  const path = existingPath(cwd, given ?? '.');
  const survey = await surveyRepository(git, path);
  if (survey === undefined) throw new DaftError(`Not in a git repository: ${path}`);
  return { git, path, repository: survey.repository, settings: parseSettings(survey.config), directories: readDirectories(env) };
}

function existingPath(cwd: string, given: string): string {
  try {
    return realpathSync(resolve(cwd, given));
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG')) throw new DaftError(`Path does not exist: ${given}`);
    throw error;
  }
}

export interface TrustFound {
  registry: Registry;
  effective: EffectiveTrust;
  /** Whether the repository has an entry of its own. */
  explicit: boolean;
}

/** An unreadable registry is an error here: who asks about trust must not be told of none. */
export async function findTrustOf({ git, repository, settings, directories }: HooksPlace): Promise<TrustFound> {
  const registry = readTrustBook(directories.config);
  const { commonDir } = repository;
  return {
    registry,
    effective: await findTrust(commonDir, { git, settings, directories }, registry),
    explicit: (registry.repositories.get(commonDir)?.trust ?? null) !== null,
  };
}

export function trustBookOf({ git, settings, directories }: Pick<HooksPlace, 'git' | 'settings' | 'directories'>, { now }: CommandContext, messages: Messages): TrustBook {
  return { git, configDir: directories.config, remote: settings.remote, now, warn: (text) => messages.warning(text) };
}

/** Hooks of the worktree pointed at; elsewhere in the repository, of the first worktree that has any. */
export async function surveyHooksOf({ git, repository, directories }: HooksPlace): Promise<HookSurvey> {
  const { worktreeRoot } = repository;
  if (worktreeRoot !== undefined) return surveyHooks([worktreeRoot], directories.cache);
  const worktrees = await listWorktrees(git, repository);
  return surveyHooks(worktrees.filter(({ missing }) => !missing).map(({ path }) => path), directories.cache);
}

/** How the user would name the place in a command typed where they are. */
export function spellPlace({ path, repository }: HooksPlace, cwd: string): string {
  const here = realpathIfThere(cwd);
  const inside = here !== undefined && [repository.projectRoot, repository.worktreeRoot].some((root) => root !== undefined && isWithin(here, root));
  return inside ? '.' : relative(here ?? cwd, path) || '.';
}

function realpathIfThere(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return undefined;
    throw error;
  }
}

function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith('/') ? root : `${root}/`);
}
