import { dirname, join, relative, resolve, sep } from 'node:path';
import { DaftError } from '../../daft-error';
import { findRepository, listWorktrees, type Git } from '../../git';
import { isWithin } from '../../layout';
import type { Premises, Relocation, Site, TransformPlan } from '../../layout/transform';
import { readAllChanges } from './changes';
import { registrationOf, targetOf } from './links';

/** Top-level directories under the layout root that hold worktrees, before and after. */
export function artifactsOf({ layoutRoot, sites }: Premises, relocations: readonly Relocation[]): ReadonlySet<string> {
  const paths = [...sites.map(({ path }) => path), ...relocations.map(({ to }) => to)];
  return new Set(paths.filter((path) => path !== layoutRoot && isWithin(path, layoutRoot)).map((path) => relative(layoutRoot, path).split(sep)[0] ?? ''));
}

/**
 * What lies in the layout root beside its worktrees, by name, where a worktree is about to collapse into it: untracked there
 * from then on, and no change of the worktree's.
 */
export function bystandersOf({ layoutRoot, ground }: Premises, { operations }: TransformPlan): ReadonlySet<string> {
  return new Set(operations.some(({ kind }) => kind === 'collapse') ? ground.entries(layoutRoot) : []);
}

export interface Expected {
  premises: Premises;
  relocations: readonly Relocation[];
  bare: boolean;
  /** Worktrees without changes before, by their paths then. */
  clean: ReadonlySet<string>;
  bystanders: ReadonlySet<string>;
}

/** Throws DaftError unless the repository is what it was to become, and nothing of the user's looks changed. */
export async function checkIntegrity({ premises, relocations, bare, clean, bystanders }: Expected, commonDir: string, { git, signal }: { git: Git; signal: AbortSignal }): Promise<void> {
  const repository = await findRepository(git, commonDir);
  if (repository === undefined) throw failure(`'${commonDir}' is no repository`);
  if (repository.bare !== bare) throw failure(`core.bare is ${String(repository.bare)}`);
  const worktrees = await listWorktrees(git, repository);
  const placeOf = (site: Site) => relocations.find(({ from }) => from === site.path)?.to ?? site.path;

  for (const site of premises.sites) {
    const path = placeOf(site);
    const found = worktrees.find((worktree) => worktree.path === path);
    if (!found || found.missing) throw failure(`no worktree at '${path}'`);
    if (found.branch !== site.branch) throw failure(`the worktree at '${path}' is on '${found.branch ?? 'a detached HEAD'}' instead of '${site.branch ?? 'a detached HEAD'}'`);
    if (!found.main) requireLinks(path, commonDir);
  }
  const artifacts = artifactsOf(premises, relocations);
  const stillClean = premises.sites.filter(({ path }) => clean.has(path)).map((site) => ({ path: placeOf(site) }));
  const atRoot = stillClean.filter(({ path }) => path === premises.layoutRoot);
  const elsewhere = stillClean.filter(({ path }) => path !== premises.layoutRoot);
  const changes = [
    ...(await readAllChanges(git, atRoot, new Set([...artifacts, ...bystanders]), { signal })),
    ...(await readAllChanges(git, elsewhere, artifacts, { signal })),
  ];
  const changed = changes.find(([, { any }]) => any);
  if (changed) throw failure(`the worktree at '${changed[0]}' has changes that it did not have`);
}

function requireLinks(path: string, commonDir: string): void {
  const link = join(path, '.git');
  const target = targetOf(link);
  const { directory } = registrationOf(path, commonDir);
  if (target === undefined || resolve(dirname(link), target) !== directory) throw failure(`'${link}' does not lead to '${directory}'`);
}

function failure(what: string): DaftError {
  return new DaftError(`Integrity check failed: ${what}`);
}
