import type { ConfigToml, LayoutDefinition } from '../config';
import { builtinLayouts, readLayout, type Layout } from './layouts';

export type FoundLayout =
  | { kind: 'layout'; layout: Layout }
  | { kind: 'malformed'; message: string }
  | { kind: 'unknown'; name: string };

/** A layout string: the name of a custom layout, of a built-in one, or an inline template, whose name is its text. */
export function findLayout(text: string, custom: readonly LayoutDefinition[]): FoundLayout {
  const definition = custom.find(({ name }) => name === text);
  if (definition) return readLayout(definition);
  const builtin = builtinLayouts.find(({ name }) => name === text);
  if (builtin) return { kind: 'layout', layout: builtin };
  if (text.includes('{{')) return readLayout({ name: text, template: text, bare: null });
  return { kind: 'unknown', name: text };
}

export type LayoutSource = 'repo setting' | 'daft.yml' | 'global config';

export interface Resolution {
  /** Undefined if no source decided. */
  decided: { layout: Layout; source: LayoutSource } | undefined;
  /** One for each source that named something that is no layout. */
  warnings: readonly string[];
}

/** The first source that names a layout (worktrees-create.md 5.6, priorities 2 to 4); `sources` in order of priority. */
export function resolveLayout(
  sources: readonly { source: LayoutSource; text: string | null | undefined }[],
  custom: readonly LayoutDefinition[],
): Resolution {
  const warnings: string[] = [];
  for (const { source, text } of sources) {
    if (!text) continue;
    const found = findLayout(text, custom);
    switch (found.kind) {
      case 'layout': return { decided: { layout: found.layout, source }, warnings };
      case 'malformed': warnings.push(`Ignoring the layout of ${source}: ${found.message}`); break;
      case 'unknown': warnings.push(`Ignoring the layout of ${source}: Unknown layout '${found.name}'`); break;
    }
  }
  return { decided: undefined, warnings };
}

/** What `config.toml` names as the layout of repositories that say nothing themselves. */
export function configuredDefault({ defaultLayout, layouts }: ConfigToml): Resolution {
  return resolveLayout([{ source: 'global config', text: defaultLayout }], layouts);
}
