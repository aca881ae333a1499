import { existsSync } from 'node:fs';
import { configCandidates, findConfigFile } from '../config';
import { loadWorktreeConfig, parseConfig } from '../config/daft-yml';
import type { LoadedConfig } from '../config/daft-yml';
import { findBlob, readRefs } from '../git';
import type { Firing } from './firing';
import type { HookServices } from './services';

/** Where a hook works, and where its scripts lie; its YAML too, except before the worktree exists. */
export function hookDirectory(firing: Firing): string {
  // In a move all four phases look at the moving worktree, which always exists.
  if (firing.move !== undefined) return firing.targetWorktree;
  switch (firing.hook) {
    case 'post-clone':
    case 'worktree-post-create':
    case 'worktree-pre-remove':
      return firing.targetWorktree;
    case 'worktree-pre-create':
      return firing.sourceWorktree;
    case 'worktree-post-remove':
      // The user may have stood in what has just been removed.
      return existsSync(firing.sourceWorktree) ? firing.sourceWorktree : firing.repository.projectRoot;
  }
}

/** Loads the configuration this firing goes by. */
export async function loadConfigFor(firing: Firing, services: HookServices): Promise<LoadedConfig> {
  if (firing.hook === 'worktree-pre-create' && firing.command !== 'hooks-run') return loadCommitted(firing, services);
  const directory = hookDirectory(firing);
  if (findConfigFile(directory) === undefined) return { kind: 'absent' };
  return loadWorktreeConfig(directory, services.directories.cache);
}

/** What is committed on the first of target branch, base branch and default branch that has a configuration. */
async function loadCommitted(firing: Firing, { git, settings, directories }: HookServices): Promise<LoadedConfig> {
  const { commonDir } = firing.repository;
  const remote = `refs/remotes/${settings.remote}`;
  const branches = [firing.branch, ...(firing.baseBranch === undefined ? [] : [firing.baseBranch])];
  // What moves is a worktree on a branch, which is there then.
  const names = branches.map((branch) => `refs/heads/${branch}`);
  const local = firing.move ? new Set(names) : await readRefs(git, commonDir, names);
  const refs = [
    // A branch that is not local yet is known by its remote-tracking ref; a base may be any revision.
    ...branches.flatMap((branch) => (local.has(`refs/heads/${branch}`) ? [`refs/heads/${branch}`] : [`${remote}/${branch}`])),
    ...(firing.baseBranch === undefined || local.has(`refs/heads/${firing.baseBranch}`) ? [] : [firing.baseBranch]),
    `${remote}/HEAD`,
  ];
  const found = await findBlob(git, commonDir, refs.flatMap((ref) => configCandidates.map((path) => ({ ref, path }))));
  if (found === undefined) return { kind: 'absent' };
  return parseConfig(found.content, `${found.ref}:${found.path}`, directories.cache);
}
