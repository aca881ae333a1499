/** The table of layouts there are. */
import { createPalette } from '../colour';

export interface LayoutRow {
  name: string;
  template: string;
  is_default: boolean;
  is_selected: boolean;
}

/** `>` marks the layout of the repository one is in. */
export function renderLayouts(rows: readonly LayoutRow[], { colour }: { colour: boolean }): string {
  const { bold, dim } = createPalette(colour);
  const title = ({ name, is_default }: LayoutRow) => `${name}${is_default ? ' (default)' : ''}`;
  const width = Math.max(...rows.map((row) => title(row).length), 'Layout'.length);
  const lines = rows.map((row) => {
    const padded = title(row).padEnd(width);
    return `${row.is_selected ? '>' : ' '} ${row.is_selected ? bold(padded) : padded}  ${dim(row.template)}`;
  });
  return `${[`  ${'Layout'.padEnd(width)}  Template`, ...lines].join('\n')}\n`;
}
