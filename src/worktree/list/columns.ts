import { DaftError } from '../../daft-error';

/** In canonical order. */
export const columnNames = ['annotation', 'branch', 'path', 'size', 'base', 'changes', 'remote', 'age', 'owner', 'hash', 'last-commit'] as const;
export type ColumnName = (typeof columnNames)[number];

const notByDefault: readonly ColumnName[] = ['size', 'hash'];

/** The columns a spec asks for (worktrees-manage.md 3.1); without one, the defaults of the command. Throws DaftError. */
export function parseColumns(spec: string | undefined, defaults: readonly ColumnName[] = columnNames.filter((name) => !notByDefault.includes(name))): readonly ColumnName[] {
  if (spec === undefined) return defaults;
  const words = spec.split(',').map((word) => word.trim()).filter((word) => word !== '');
  if (words.length === 0) throw new DaftError('no columns specified');
  const modifiers = words.filter((word) => /^[+-]/.test(word));
  if (modifiers.length === 0) return replaced(words);
  if (modifiers.length < words.length) {
    throw new DaftError('cannot mix column names with +/- modifiers', {
      hint: '  these columns: --columns branch,path,age\n  changed defaults: --columns +size,-owner',
    });
  }
  const shown = new Set<ColumnName>(defaults);
  for (const word of modifiers) {
    const name = columnNamed(word.slice(1).trim());
    if (word.startsWith('+')) shown.add(name);
    else shown.delete(name);
  }
  if (shown.size === 0) throw new DaftError('no columns remaining after applying modifiers', { hint: `  modifiers: ${spec}` });
  return columnNames.filter((name) => shown.has(name));
}

function replaced(words: readonly string[]): readonly ColumnName[] {
  const names = words.map((word) => columnNamed(word));
  const duplicate = names.find((name, index) => names.indexOf(name) < index);
  if (duplicate !== undefined) throw new DaftError(`duplicate column '${duplicate}'`);
  return names;
}

function columnNamed(word: string): ColumnName {
  const name = columnNames.find((known) => known === word.toLowerCase());
  if (name === undefined) throw new DaftError(`unknown column '${word}'`, { hint: `  valid columns: ${columnNames.join(', ')}` });
  return name;
}
