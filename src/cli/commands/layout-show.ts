import { DaftError } from '../../daft-error';
import { createPalette } from '../../output';
import type { CurrentLayout } from '../../worktree';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { findLayoutPlace } from './layout-place';
import { findDirectory } from './repository-path';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  return showLayout(parsed.argument('path') ?? '.', context);
}

export async function showLayout(given: string, context: CommandContext): Promise<number> {
  const messages = commandMessages(context, { quiet: false, verbose: 0 });
  const directory = findDirectory(given, context.cwd);
  if (directory === undefined) throw new DaftError(`Cannot cd to ${given}`);
  const place = await findLayoutPlace(directory, context, messages);
  if (place === undefined) throw new DaftError('Not inside a Git repository. Run this command from within a repo.');
  messages.raw(`${describe(place.current, createPalette(context.stdout.colour))}\n`);
  return 0;
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
