import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DaftError } from '../../daft-error';
import { gitFailure, type Repository } from '../../git';
import type { Layout } from '../../layout';
import { addWorktree } from '../add-worktree';
import { placeInNew } from '../placement';
import type { WorktreeServices } from '../worktree-services';
import type { Cloning } from './cloning';

/** Where the base goes, in a repository that has the structure of its layout. */
export interface Settled {
  path: string;
  repository: Repository;
}

/** Gives the repository the structure of its layout and says where the base goes; nothing is checked out yet. */
export async function settle(base: string, commonDir: string, cloning: Cloning): Promise<Settled> {
  const { root, layout, services } = cloning;
  switch (layout.structure) {
    case 'bare':
      return { path: placeInNew(base, commonDir, cloning), repository: containerOf(root, commonDir, layout) };
    case 'regular': {
      const repository = containerOf(root, commonDir, layout);
      await unbare(repository, services);
      return { path: root, repository };
    }
    case 'wrapped': {
      const path = placeInNew(base, commonDir, cloning);
      mkdirSync(path, { recursive: true });
      renameSync(commonDir, join(path, '.git'));
      const repository: Repository = { commonDir: join(path, '.git'), gitDir: join(path, '.git'), projectRoot: path, bare: false, worktreeRoot: path };
      await unbare(repository, services);
      return { path, repository };
    }
  }
}

/** Fills the base: adds its worktree, or checks it out as the main working tree. */
export async function checkOut(base: string, { path, repository }: Settled, { services, layout, taking }: Cloning): Promise<void> {
  services.narrator.step(`Checking out '${base}'`);
  if (layout.structure === 'bare') {
    if (existsSync(path)) throw new DaftError(`Cannot create a worktree for branch '${base}': '${path}' already exists`);
    await addWorktree({ path, branch: base }, repository, services);
    taking.add(path);
    return;
  }
  const checkedOut = await services.git.ask(path, ['checkout', '--force', '--quiet', base, '--']);
  if (checkedOut.exitCode !== 0) throw gitFailure(`Failed to check out '${base}'`, checkedOut);
}

export function containerOf(root: string, commonDir: string, layout: Layout): Repository {
  return { commonDir, gitDir: commonDir, projectRoot: dirname(commonDir), bare: layout.structure === 'bare', worktreeRoot: layout.structure === 'bare' ? undefined : root };
}

async function unbare({ commonDir }: Repository, { git }: WorktreeServices): Promise<void> {
  await git.run(commonDir, ['config', 'core.bare', 'false'], 'Failed to set up the repository');
}
