import { join } from 'node:path';
import { readDirectories } from '../config';
import { isErrno, isUnreadable, makePrivateDirectory, readTextIfExists, writeFileAtomic } from '../fs';
import type { Messages } from '../output';
import type { CommandContext } from './context';

export type Hint = 'shell-integration' | 'layout-options';

/** Whether this hint may be given: hints are wanted, and this user has not seen it (shell.md 13). */
export function isHintDue(hint: Hint, { env }: CommandContext, { quiet }: { quiet: boolean }): boolean {
  return !quiet && env['DAFT_NO_HINTS'] === undefined && !readShown(hintFile(env)).includes(hint);
}

/** A hint that cannot be recorded will be given again, and that is all. */
export function recordHint(hint: Hint, { env }: CommandContext): void {
  const path = hintFile(env);
  try {
    makePrivateDirectory(readDirectories(env).config);
    writeFileAtomic(path, `${JSON.stringify({ version: 1, shown: [...new Set([...readShown(path), hint])] }, null, 2)}\n`);
  } catch (error) {
    if (!isErrno(error, 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST', 'EIO')) throw error;
  }
}

/** After a worktree was entered without the wrapper, which alone could have changed the directory. */
export function hintAtShellIntegration(context: CommandContext, messages: Messages, { quiet }: { quiet: boolean }): void {
  if (context.env['DAFT_CD_FILE'] !== undefined || !isHintDue('shell-integration', context, { quiet })) return;
  messages.info(
    [
      'hint: with shell integration daft takes you into the worktree. Add to your shell configuration:',
      '  bash:  eval "$(daft shell-init bash)"',
      '  zsh:   eval "$(daft shell-init zsh)"',
      '  fish:  daft shell-init fish | source',
      "See 'daft shell-init --help'. To silence hints: export DAFT_NO_HINTS=1",
    ].join('\n'),
  );
  recordHint('shell-integration', context);
}

function hintFile(env: CommandContext['env']): string {
  return join(readDirectories(env).config, 'hints.json');
}

/** A file that says nothing sensible counts as absent. */
function readShown(path: string): readonly string[] {
  try {
    const file: unknown = JSON.parse(readTextIfExists(path) ?? '{}');
    const shown = typeof file === 'object' && file !== null && 'shown' in file ? file.shown : [];
    return Array.isArray(shown) ? shown.filter((hint) => typeof hint === 'string') : [];
  } catch (error) {
    if (error instanceof SyntaxError || isUnreadable(error)) return [];
    throw error;
  }
}
