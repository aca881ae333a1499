import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../config';
import { DaftError, type DaftErrorOptions } from '../daft-error';
import { isErrno, lstatIfExists } from '../fs';
import type { Worktree } from '../git';
import { isWithin, placementProblem, placeWorktree, type Layout } from '../layout';
import { canonicalPath } from './canonical-path';
import { chooseLayout, homeOf, layoutRootOf, type LayoutAdviser, type LayoutFacts } from './choose-layout';
import type { WorktreeServices } from './worktree-services';

export interface Placement {
  path: string;
  /** To be remembered once the worktree is there. */
  remember: Layout | undefined;
}

export interface PlacementRequest {
  branch: string;
  /** Absolute; wins over layout and mode. */
  at?: string | undefined;
  /** `--remote`: folder in multi-remote mode. */
  remote?: string | undefined;
}

/** Where the worktree of a branch goes (worktrees-create.md 8.3). Throws DaftError where no worktree can be. */
export async function findPlacement(
  { branch, at, remote }: PlacementRequest,
  facts: LayoutFacts,
  services: WorktreeServices,
  adviser: LayoutAdviser | undefined,
): Promise<Placement> {
  const { settings, narrator, directories, env } = services;
  const { repository } = facts;
  if (at !== undefined) {
    if (isWithin(canonicalPath(at), repository.commonDir)) throw new DaftError(`Cannot create a worktree for branch '${branch}' inside the git directory: '${at}'`);
    return { path: at, remember: undefined };
  }
  const chosen = await chooseLayout(facts, services, adviser);
  const surroundings = { home: homeOf(env), dataDir: directories.data };
  const { layoutRoot, warning } = layoutRootOf(chosen, facts, surroundings);
  if (warning !== undefined) narrator.warning(warning);
  const remember = chosen.remember ? chosen.layout : undefined;

  if (settings.multiRemoteEnabled) {
    if (chosen.layout.structure === 'bare') {
      return { path: join(repository.projectRoot, remote ?? remoteFolder(branch, settings), branch), remember };
    }
    if (remote !== undefined) narrator.warning(idleRemote(chosen.layout));
  }
  const path = placeWorktree(chosen.layout, branch, { layoutRoot, ...surroundings });
  const problem = placementProblem(path, { layoutRoot, commonDir: repository.commonDir });
  if (problem !== undefined) throw new DaftError(problem, { hint: 'Choose another place with --at <PATH>.' });
  return { path, remember };
}

/** Folder of a branch in multi-remote mode. A branch may pull from a URL as well, which is no folder. */
export function remoteFolder(branch: string, { raw, multiRemoteDefaultRemote }: Settings): string {
  const tracked = raw.get(`branch.${branch}.remote`);
  return tracked !== undefined && raw.has(`remote.${tracked}.url`) ? tracked : multiRemoteDefaultRemote;
}

export interface NewRepository {
  /** Layout root. */
  root: string;
  layout: Layout;
  /** `--remote`: multi-remote mode with this folder. */
  remoteFolder: string | undefined;
  services: Pick<WorktreeServices, 'settings' | 'directories' | 'env' | 'narrator'>;
}

/** Where the worktree of a branch goes in a repository that is being made; in multi-remote mode a bare layout has a folder for each remote. */
export function placeInNew(branch: string, commonDir: string, { root, layout, remoteFolder, services }: NewRepository): string {
  const { settings, directories, env } = services;
  if (layout.structure === 'bare' && (settings.multiRemoteEnabled || remoteFolder !== undefined)) {
    return join(root, remoteFolder ?? settings.multiRemoteDefaultRemote, branch);
  }
  const path = placeWorktree(layout, branch, { layoutRoot: root, home: homeOf(env), dataDir: directories.data });
  const problem = placementProblem(path, { layoutRoot: root, commonDir });
  if (problem !== undefined) throw new DaftError(problem);
  return path;
}

/** Says once that `--remote` chooses no folder, where it does not. */
export function warnOfIdleRemote({ layout, remoteFolder, services }: NewRepository): void {
  if (remoteFolder !== undefined && layout.structure !== 'bare') services.narrator.warning(idleRemote(layout));
}

function idleRemote({ name }: Layout): string {
  return `--remote has no effect on placement: layout '${name}' is not bare`;
}

export type Occupation =
  | { kind: 'free' }
  | { kind: 'worktree'; worktree: Worktree }
  | { kind: 'taken' }; // a file, or a directory with something in it

/** What is at a path where a worktree is to be. An empty directory is as good as none. */
export function examinePath(path: string, worktrees: readonly Worktree[]): Occupation {
  const canonical = canonicalPath(path);
  const worktree = worktrees.find((candidate) => candidate.path === canonical && !candidate.missing);
  if (worktree) return { kind: 'worktree', worktree };
  try {
    return readdirSync(path).length === 0 ? { kind: 'free' } : { kind: 'taken' };
  } catch (error) {
    // A link that leads nowhere: git cannot make anything behind it.
    if (isErrno(error, 'ENOENT')) return { kind: lstatIfExists(path) === undefined ? 'free' : 'taken' };
    if (isErrno(error, 'ENOTDIR', 'EACCES', 'ELOOP')) return { kind: 'taken' };
    throw error;
  }
}

/** There is something where a worktree was to be: of another branch, or of this one, if another command was faster. */
export class PlaceTaken extends DaftError {
  constructor(message: string, readonly path: string, options?: DaftErrorOptions) {
    super(message, options);
  }
}

/** Throws PlaceTaken unless a new worktree can be made at `path`. */
export function requireFree(path: string, branch: string, worktrees: readonly Worktree[]): void {
  const occupation = examinePath(path, worktrees);
  switch (occupation.kind) {
    case 'free':
      return;
    case 'taken':
      throw new PlaceTaken(`Cannot create a worktree for branch '${branch}': '${path}' already exists and is not empty`, path);
    case 'worktree': {
      const { branch: other } = occupation.worktree;
      throw new PlaceTaken(
        `Cannot create a worktree for branch '${branch}': '${path}' already is the worktree of ${other === undefined ? 'a detached HEAD' : `branch '${other}'`}`,
        path,
        { hint: 'Choose another place with --at <PATH>.' },
      );
    }
  }
}
