import type { CommandSpec } from '../cli/spec';
import { completionScript } from './completion-script';
import { fishWrappers } from './wrappers-fish';
import { posixWrappers } from './wrappers-posix';
import type { ShellName } from './shells';

/** The script of `daft shell-init`: functions, then the completion of all commands. Evaluating it twice is as good as once. */
export function shellInit(shell: ShellName, { aliases, table }: { aliases: boolean; table: readonly CommandSpec[] }): string {
  return `${wrappers(shell, aliases)}\n# Completion of all commands.\n${completionScript(shell, table)}`;
}

function wrappers(shell: ShellName, aliases: boolean): string {
  switch (shell) {
    case 'bash':
      return posixWrappers('bash', { aliases });
    case 'zsh':
      return posixWrappers('zsh', { aliases });
    case 'fish':
      return fishWrappers({ aliases });
  }
}
