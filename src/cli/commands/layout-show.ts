import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { DaftError } from '../../daft-error';
import { isErrno } from '../../fs';
import { createPalette } from '../../output';
import type { CurrentLayout } from '../../worktree';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { findLayoutPlace } from './layout-place';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  return showLayout(parsed.argument('path') ?? '.', context);
}

export async function showLayout(given: string, context: CommandContext): Promise<number> {
  const messages = commandMessages(context, { quiet: false, verbose: 0 });
  const place = await findLayoutPlace(enter(given, context), context, messages);
  if (place === undefined) throw new DaftError('Not inside a Git repository. Run this command from within a repo.');
  messages.raw(`${describe(place.current, createPalette(context.stdout.colour))}\n`);
  return 0;
}

function enter(given: string, { cwd }: CommandContext): string {
  try {
    return realpathSync(resolve(cwd, given));
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG')) throw new DaftError(`Cannot cd to ${given}`);
    throw error;
  }
}

function describe(current: CurrentLayout, { bold, dim }: ReturnType<typeof createPalette>): string {
  switch (current.kind) {
    case 'decided': return `${bold(current.layout.name)} ${current.layout.template} ${dim(`(${current.source})`)}`;
    case 'detected': return `${bold(current.layout.name)} ${current.layout.template} ${dim('(detected)')}`;
    case 'unresolved':
      switch (current.reason) {
        case 'no worktrees': return 'No layout (no worktrees to detect from)';
        case 'no match': return "Unknown layout (worktrees don't match any known template)";
        case 'ambiguous': return 'Unknown layout (worktrees match multiple templates)';
      }
  }
}
