/** Where worktrees go. Pure: template to path, structure, detection. */

export interface Layout {
  /** Name, or the template text of an inline layout. */
  name: string;
  template: string;
  structure: 'bare' | 'wrapped' | 'regular';
}
export declare const builtinLayouts: readonly { name: string; template: string }[];
