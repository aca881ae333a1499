import type { CommandSpec } from '../cli/spec';
import { bashCompletions } from './completions-bash';
import { fishCompletions } from './completions-fish';
import { zshCompletions } from './completions-zsh';
import type { ShellName } from './shells';

/** Completion of all commands of the table, and of `daft` and `git-daft` themselves. */
export function completionScript(shell: ShellName, table: readonly CommandSpec[]): string {
  switch (shell) {
    case 'bash':
      return bashCompletions(table);
    case 'zsh':
      return zshCompletions(table);
    case 'fish':
      return fishCompletions(table);
  }
}
