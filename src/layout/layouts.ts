import type { LayoutDefinition } from '../config';
import { parseTemplate, startsBelowRepoPath, usesFilter, type Template } from './template';

/** `bare`: all branches in worktrees; `wrapped`: a main working tree among them; `regular`: it sits at the layout root. */
export type Structure = 'bare' | 'wrapped' | 'regular';

export interface Layout {
  /** Name, or the template text of an inline layout. */
  name: string;
  template: string;
  structure: Structure;
  parsed: Template;
}

export type ReadLayout = { kind: 'layout'; layout: Layout } | { kind: 'malformed'; message: string };

export function readLayout({ name, template, bare }: LayoutDefinition): ReadLayout {
  const parsed = parseTemplate(template);
  if (parsed.kind === 'malformed') return parsed;
  return { kind: 'layout', layout: { name, template, structure: structureOf(parsed.template, bare), parsed: parsed.template } };
}

function structureOf(template: Template, explicitlyBare: boolean | null): Structure {
  const wraps = usesFilter(template, 'repo');
  const below = startsBelowRepoPath(template);
  const bare = explicitlyBare ?? (!wraps && below);
  if (bare) return 'bare';
  return wraps && below ? 'wrapped' : 'regular';
}

const builtinDefinitions: readonly LayoutDefinition[] = [
  { name: 'contained', template: '{{ repo_path }}/{{ branch }}', bare: null },
  { name: 'contained-classic', template: '{{ repo_path }}/{{ branch | repo }}', bare: null },
  { name: 'contained-flat', template: '{{ repo_path }}/{{ branch | sanitize }}', bare: null },
  { name: 'sibling', template: '{{ repo }}.{{ branch | sanitize }}', bare: null },
  { name: 'nested', template: '{{ repo }}/.worktrees/{{ branch | sanitize }}', bare: null },
  { name: 'centralized', template: '{{ daft_data_dir }}/worktrees/{{ repo }}/{{ branch | sanitize }}', bare: null },
];

/** In the order in which they are listed everywhere. */
export const builtinLayouts: readonly Layout[] = builtinDefinitions.map((definition) => {
  const read = readLayout(definition);
  if (read.kind === 'malformed') throw new Error(`built-in layout ${definition.name}: ${read.message}`);
  return read.layout;
});

export type BuiltinName = 'contained' | 'contained-classic' | 'contained-flat' | 'sibling' | 'nested' | 'centralized';

export function builtinLayout(name: BuiltinName): Layout {
  const layout = builtinLayouts.find((candidate) => candidate.name === name);
  if (!layout) throw new Error(`no built-in layout ${name}`);
  return layout;
}

/** Of the name that decides where nothing else does; a custom layout may have it, see standardLayout. */
export const defaultLayout = builtinLayout('sibling');

/** Built-in layouts, custom ones of the same name in their place, then the other custom ones. Unusable ones are left out. */
export function allLayouts(custom: readonly LayoutDefinition[]): Layout[] {
  const usable = custom.flatMap((definition) => {
    const read = readLayout(definition);
    return read.kind === 'layout' ? [read.layout] : [];
  });
  const named = (name: string) => usable.find((layout) => layout.name === name);
  return [
    ...builtinLayouts.map((builtin) => named(builtin.name) ?? builtin),
    ...usable.filter(({ name }) => !builtinLayouts.some((builtin) => builtin.name === name)),
  ];
}

/** A built-in layout, or the custom one of its name, which replaces it. */
export function layoutNamed(name: BuiltinName, custom: readonly LayoutDefinition[]): Layout {
  return allLayouts(custom).find((layout) => layout.name === name) ?? builtinLayout(name);
}

/** Where nothing else decides. */
export function standardLayout(custom: readonly LayoutDefinition[]): Layout {
  return layoutNamed('sibling', custom);
}
