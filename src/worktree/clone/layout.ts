import { configCandidates, readConfigToml } from '../../config';
import { parseConfig } from '../../config/daft-yml';
import { DaftError } from '../../daft-error';
import { findBlob } from '../../git';
import { findLayout, resolveLayout, standardLayout, type Layout } from '../../layout';
import type { WorktreeServices } from '../worktree-services';
import type { CloneAdviser } from './cloning';

/** Without `--layout`: the committed daft.yml, config.toml, the question, `sibling`. */
export async function layoutOfClone(
  { commonDir, defaultBranch }: { commonDir: string; defaultBranch: string | undefined },
  services: WorktreeServices,
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
  return decided?.layout ?? (await askLayout()) ?? standardLayout(custom.layouts);
}

async function committedLayout(commonDir: string, ref: string, { git, narrator, directories }: WorktreeServices): Promise<string | undefined> {
  const blob = await findBlob(git, commonDir, configCandidates.map((path) => ({ ref, path })));
  if (blob === undefined) return undefined;
  const parsed = await parseConfig(blob.content, blob.path, directories.cache);
  if (parsed.kind === 'broken') narrator.warning(`Could not read daft.yml: ${parsed.message}`);
  return parsed.kind === 'loaded' ? parsed.config.layout : undefined;
}

/** Throws DaftError for a layout of the command line that there is not; `known` are names to suggest from. */
export async function findNamedLayout(text: string, { directories, narrator }: Pick<WorktreeServices, 'directories' | 'narrator'>): Promise<Layout | { unknown: string; known: readonly string[] }> {
  const custom = await readConfigToml(directories.config, narrator.warning);
  const found = findLayout(text, custom.layouts);
  switch (found.kind) {
    case 'layout': return found.layout;
    case 'malformed': throw new DaftError(found.message);
    case 'unknown': return { unknown: text, known: custom.layouts.map(({ name }) => name) };
  }
}
