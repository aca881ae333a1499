import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DaftError } from '../../daft-error';
import { isErrno, readTextIfExists } from '../../fs';
import { findDefaultBranch, privateGitDir, type Repository, type Survey } from '../../git';
import { placeWorktree, type Layout } from '../../layout';
import type { Ground, Premises, Site } from '../../layout/transform';
import { canonicalPath } from '../canonical-path';
import { findOwnLayout, homeOf, wrappedRoot } from '../choose-layout';
import { remoteFolder } from '../placement';
import type { WorktreeServices } from '../worktree-services';

export type PremisesServices = Pick<WorktreeServices, 'git' | 'settings' | 'directories' | 'env' | 'narrator'>;

/** A repository as a transform finds it. Throws DaftError for one that is put together in another way. */
export async function readPremises(survey: Survey, services: PremisesServices): Promise<Premises> {
  return premisesOf(survey, await findOwnLayout(survey, services), services);
}

/** @param current the layout it is known to have; the main working tree is where that has it */
export async function premisesOf({ repository, worktrees }: Survey, current: Layout | undefined, services: PremisesServices): Promise<Premises> {
  requireOrdinary(repository, services);
  const { git, settings } = services;
  const { remote } = settings;
  const defaultBranch = await findDefaultBranch(git, repository, { remote, offline: !settings.raw.has(`remote.${remote}.url`) });
  const main = worktrees.find((worktree) => worktree.main);
  const wrapped = !repository.bare && current?.structure === 'wrapped';
  const place = { home: homeOf(services.env), dataDir: services.directories.data };
  const layoutRoot = wrapped ? wrappedRoot(current, { projectRoot: repository.projectRoot, branch: main?.branch }, place) : repository.projectRoot;
  const sites = worktrees
    .filter(({ missing }) => !missing)
    .map((worktree): Site => ({ path: worktree.path, branch: worktree.branch, main: worktree.main, lock: lockOf(privateGitDir(worktree, repository), worktree.locked) }));
  return {
    commonDir: repository.commonDir,
    structure: repository.bare ? 'bare' : wrapped ? 'wrapped' : 'regular',
    layoutRoot,
    sites,
    defaultBranch,
    currentPlace: current && placeBy(current, layoutRoot, services),
    ground: theDisk,
  };
}

/** The place of a branch; in multi-remote mode a bare layout has a folder for each remote. */
export function placeBy(layout: Layout, layoutRoot: string, { settings, directories, env }: PremisesServices): (branch: string) => string {
  const places = new Map<string, string>();
  const find = (branch: string): string => {
    if (settings.multiRemoteEnabled && layout.structure === 'bare') {
      return join(layoutRoot, remoteFolder(branch, settings), branch);
    }
    return canonicalPath(placeWorktree(layout, branch, { layoutRoot, home: homeOf(env), dataDir: directories.data }));
  };
  return (branch) => {
    const place = places.get(branch) ?? find(branch);
    places.set(branch, place);
    return place;
  };
}

function requireOrdinary({ commonDir, projectRoot }: Repository, { settings }: PremisesServices): void {
  if (commonDir !== join(projectRoot, '.git')) throw new DaftError(`Only a repository whose git directory is called '.git' has a layout, and this one is '${commonDir}'`);
  if (settings.raw.get('core.worktree') !== undefined) throw new DaftError('This repository has its files somewhere else (core.worktree is set), and no layout');
  if (existsSync(join(commonDir, 'reftable'))) throw new DaftError('This repository keeps its branches as reftable, which cannot be transformed yet');
}

function lockOf(gitDir: string, locked: boolean): string | undefined {
  return locked ? (readTextIfExists(join(gitDir, 'locked')) ?? '').trim() : undefined;
}

export const theDisk: Ground = {
  kindOf(path) {
    try {
      const found = lstatSync(path, { throwIfNoEntry: false });
      if (!found) return 'absent';
      return found.isDirectory() ? 'directory' : 'other';
    } catch (error) {
      if (isErrno(error, 'ENOTDIR')) return 'unreachable';
      throw error;
    }
  },
  entries: (directory) => readdirSync(directory),
};
