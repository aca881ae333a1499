import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, basename } from 'node:path';
import { findConfigFile, readConfigToml, readRegistry, updateRegistry, type ConfigToml, type Environment } from '../config';
import { loadWorktreeConfig } from '../config/daft-yml';
import { isErrno } from '../fs';
import type { Repository, Worktree } from '../git';
import { allLayouts, detectLayout, placeWorktree, resolveLayout, standardLayout, type Detection, type Layout, type LayoutSource, type Place } from '../layout';
import { canonicalPath } from './canonical-path';
import type { WorktreeServices } from './worktree-services';

/** Somebody who can be asked about layouts (worktrees-create.md 5.8). */
export interface LayoutAdviser {
  /** A layout was recognised: is it the one to use? */
  confirm(detected: Layout): Promise<boolean>;
  /** Worktrees are there, in no order that is known. */
  tellUnrecognised(): void;
  pick(layouts: readonly Layout[], preselected: Layout): Promise<Layout>;
  /** Whether the worktrees there are should be moved to the layout just chosen. */
  offerConsolidation(layout: Layout): Promise<void>;
}

export interface ChosenLayout {
  layout: Layout;
  /** The repository's own word for it: its registry entry, or how its worktrees lie. */
  ownWord: boolean;
  /** To be remembered in the registry once a worktree has been created by it. */
  remember: boolean;
}

/** Everything about a repository that its layout depends on. */
export interface LayoutFacts {
  repository: Repository;
  worktrees: readonly Worktree[];
  /** Root of the worktree whose daft.yml has a say. */
  configurationWorktree: () => Promise<string | undefined>;
}

/** What a repository's layout is by the order of worktrees-create.md 5.6, or that nothing tells. */
export type CurrentLayout =
  | { kind: 'decided'; layout: Layout; source: LayoutSource }
  | { kind: 'detected'; layout: Layout }
  | { kind: 'unresolved'; reason: UnresolvedLayout };

export type UnresolvedLayout = Exclude<Detection['kind'], 'detected'>;

type LayoutServices = Pick<WorktreeServices, 'settings' | 'directories' | 'env' | 'narrator'>;

/** Reads only, and asks nobody. */
export async function findCurrentLayout(facts: LayoutFacts, services: LayoutServices): Promise<CurrentLayout> {
  const custom = await readConfigToml(services.directories.config, services.narrator.warning);
  const decided = await decide(facts, custom, services);
  if (decided) return { kind: 'decided', ...decided };
  const detection = detect(facts, allLayouts(custom.layouts), services);
  return detection.kind === 'detected' ? detection : { kind: 'unresolved', reason: detection.kind };
}

/** What the repository itself says: its registry entry, or how its worktrees lie. */
export async function findOwnLayout(facts: Pick<LayoutFacts, 'repository' | 'worktrees'>, services: LayoutServices): Promise<Layout | undefined> {
  const { layouts: custom } = await readConfigToml(services.directories.config, services.narrator.warning);
  const stored = resolveLayout([{ source: 'repo setting', text: storedLayout(services.directories.config, facts.repository.commonDir) }], custom);
  stored.warnings.forEach(services.narrator.warning);
  if (stored.decided) return stored.decided.layout;
  const detection = detect(facts, allLayouts(custom), services);
  return detection.kind === 'detected' ? detection.layout : undefined;
}

/** The layout of an existing repository, by the order of worktrees-create.md 5.6 and the rules of 5.8. */
export async function chooseLayout(facts: LayoutFacts, services: WorktreeServices, adviser: LayoutAdviser | undefined): Promise<ChosenLayout> {
  const current = await findCurrentLayout(facts, services);
  if (current.kind === 'decided') return { layout: current.layout, ownWord: current.source === 'repo setting', remember: false };

  const hasLinked = facts.worktrees.some(({ main }) => !main);
  const detected = current.kind === 'detected' ? current.layout : undefined;
  if (adviser === undefined && detected) return { layout: detected, ownWord: true, remember: true };
  const { layouts: custom } = await readConfigToml(services.directories.config, () => {});
  const standard = standardLayout(custom);
  if (adviser === undefined) return { layout: standard, ownWord: false, remember: !hasLinked };
  return ask(detected, { layouts: allLayouts(custom), standard, hasLinked, adviser });
}

async function ask(
  detected: Layout | undefined,
  { layouts, standard, hasLinked, adviser }: { layouts: readonly Layout[]; standard: Layout; hasLinked: boolean; adviser: LayoutAdviser },
): Promise<ChosenLayout> {
  if (detected && (await adviser.confirm(detected))) return { layout: detected, ownWord: true, remember: true };
  if (!detected) {
    if (!hasLinked) return { layout: standard, ownWord: false, remember: true };
    adviser.tellUnrecognised();
  }
  const layout = await adviser.pick(layouts, detected ?? standard);
  if (hasLinked) await adviser.offerConsolidation(layout);
  return { layout, ownWord: true, remember: true };
}

async function decide(
  { repository, configurationWorktree }: LayoutFacts,
  custom: ConfigToml,
  { directories, narrator }: LayoutServices,
): Promise<{ layout: Layout; source: LayoutSource } | undefined> {
  const resolve = (source: LayoutSource, text: string | null | undefined) => {
    const { decided, warnings } = resolveLayout([{ source, text }], custom.layouts);
    warnings.forEach(narrator.warning);
    return decided;
  };
  // One after the other, because a new daft.yml costs a YAML parser that most commands can do without.
  return (
    resolve('repo setting', storedLayout(directories.config, repository.commonDir)) ??
    resolve('daft.yml', await layoutOfDaftYml(await configurationWorktree(), directories.cache, narrator.warning)) ??
    resolve('global config', custom.defaultLayout)
  );
}

function storedLayout(configDir: string, commonDir: string): string | null | undefined {
  const reading = readRegistry(configDir);
  return reading.kind === 'read' ? reading.registry.repositories.get(commonDir)?.layout : undefined;
}

async function layoutOfDaftYml(worktree: string | undefined, cacheDir: string, warn: (text: string) => void): Promise<string | undefined> {
  if (worktree === undefined || findConfigFile(worktree) === undefined) return undefined;
  const loaded = await loadWorktreeConfig(worktree, cacheDir);
  if (loaded.kind === 'broken') warn(`Could not read daft.yml: ${loaded.message}`);
  return loaded.kind === 'loaded' ? loaded.config.layout : undefined;
}

function detect({ repository, worktrees }: Pick<LayoutFacts, 'repository' | 'worktrees'>, layouts: readonly Layout[], { settings, directories, env }: LayoutServices): Detection {
  if (settings.multiRemoteEnabled) return { kind: 'no match' };
  const { projectRoot, bare } = repository;
  return detectLayout({ projectRoot, bare, worktrees, layouts, home: canonicalPath(homeOf(env)), dataDir: canonicalPath(directories.data), directoryExists });
}

/** Remembers the layout of a repository. A failure is a warning: the worktree it led to is there. */
export async function rememberLayout(
  commonDir: string,
  layout: Layout,
  { directories, narrator, now }: Pick<WorktreeServices, 'directories' | 'narrator' | 'now'>,
): Promise<void> {
  try {
    await updateRegistry(
      directories.config,
      (registry) => {
        const entry = registry.repositories.get(commonDir) ?? { trust: null, layout: null };
        if (entry.layout === layout.name) return registry;
        return { ...registry, repositories: new Map(registry.repositories).set(commonDir, { ...entry, layout: layout.name }) };
      },
      { now: now(), warn: narrator.warning },
    );
  } catch (error) { // a full disk, no permission, a lock that is never released
    if (!(error instanceof Error)) throw error;
    narrator.warning(`Could not save layout to repos.json: ${error.message}`);
  }
}

/** The directory a layout is relative to, and what to warn of where it does not fit the repository (worktrees-create.md 5.8). */
export function layoutRootOf(
  { layout, ownWord }: Pick<ChosenLayout, 'layout' | 'ownWord'>,
  { repository, worktrees }: Pick<LayoutFacts, 'repository' | 'worktrees'>,
  place: Omit<Place, 'layoutRoot'>,
): { layoutRoot: string; warning?: string } {
  const { projectRoot, bare } = repository;
  const advice = 'Consider running `daft layout transform` to convert.';
  switch (layout.structure) {
    case 'regular':
      return { layoutRoot: projectRoot };
    case 'bare':
      return bare ? { layoutRoot: projectRoot } : { layoutRoot: projectRoot, warning: `Layout '${layout.name}' works best with a bare repository. ${advice}` };
    case 'wrapped': {
      const main = worktrees.find((worktree) => worktree.main);
      const isWrapped = !bare && (ownWord || main?.branch === basename(projectRoot));
      return isWrapped
        ? { layoutRoot: wrappedRoot(layout, { projectRoot, branch: main?.branch }, place) }
        : { layoutRoot: projectRoot, warning: `Layout '${layout.name}' works best with a main working tree beside the others. ${advice}` };
    }
  }
}

/** The directory around a main working tree that has its place by a wrapped layout: above it, and further above where its branch has slashes. */
export function wrappedRoot(layout: Layout, { projectRoot, branch }: { projectRoot: string; branch: string | undefined }, place: Omit<Place, 'layoutRoot'>): string {
  const parent = dirname(projectRoot);
  if (branch === undefined) return parent;
  for (let root = parent; root !== dirname(root); root = dirname(root)) {
    if (placeWorktree(layout, branch, { ...place, layoutRoot: root }) === projectRoot) return root;
  }
  return parent;
}

export function homeOf(env: Environment): string {
  return env['HOME'] || homedir();
}

function directoryExists(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP')) return false;
    throw error;
  }
}
