import { readConfigToml, readDirectories } from '../../config';
import { allLayouts, builtinLayouts } from '../../layout';
import type { Question } from '../complete';

const descriptions: Readonly<Record<string, string>> = {
  contained: 'worktrees inside a bare repository',
  'contained-classic': 'main working tree among worktrees',
  'contained-flat': 'contained, branch names flattened',
  sibling: 'worktrees beside the repository',
  nested: 'worktrees in .worktrees',
  centralized: 'worktrees in one place for all',
};

/** Built-in layouts, then those of config.toml by name, except where they replace a built-in one. */
export async function completeLayouts({ word, slot, env }: Question): Promise<readonly string[]> {
  if (slot !== 1) return [];
  const { layouts } = await readConfigToml(readDirectories(env).config, () => {});
  const builtin = new Set(builtinLayouts.map(({ name }) => name));
  const all = [...builtinLayouts, ...allLayouts(layouts).filter(({ name }) => !builtin.has(name))];
  return all
    .filter(({ name }) => name.startsWith(word))
    .map(({ name, template }) => `${name}\t${(builtin.has(name) ? (descriptions[name] ?? '') : 'custom').padEnd(36)}— ${template}`);
}
