import { DaftError } from '../daft-error';
import { builtinLayouts, type Layout } from '../layout';
import { findNamedLayout, type WorktreeServices } from '../worktree';
import { similarTo } from './similar';

/** The layout that a word of the command line means. Throws DaftError with what may have been meant where there is none. */
export async function namedLayout(text: string, services: Pick<WorktreeServices, 'directories' | 'narrator'>): Promise<Layout> {
  const found = await findNamedLayout(text, services);
  if (!('unknown' in found)) return found;
  const similar = similarTo(text, [...builtinLayouts.map(({ name }) => name), ...found.known]);
  throw new DaftError(`Unknown layout '${text}'`, {
    hint: similar.length === 0 ? undefined : [similar.length === 1 ? 'Did you mean this?' : 'Did you mean one of these?', ...similar.map((name) => `  ${name}`)].join('\n'),
  });
}
