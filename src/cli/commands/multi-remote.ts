import { relative } from 'node:path';
import { createPalette } from '../../output';
import { folderOf, type MultiRemote } from '../../worktree/multi-remote';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { requestedOutput } from '../structured-output';
import { openMultiRemote } from './multi-remote-place';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const structured = requestedOutput(context, parsed, 'multi-remote status', 'sectioned');
  const { state } = await openMultiRemote(context);
  const { remotes, settings } = state;
  if (structured === undefined) {
    context.stdout.stream.write(`${describe(state, context).join('\n')}\n`);
    return 0;
  }
  await structured.print({
    shape: 'sectioned',
    sections: [
      { name: 'remotes', columns: ['name', 'is_default'], rows: remotes.map((name) => ({ name, is_default: name === settings.multiRemoteDefaultRemote })) },
      { name: 'worktrees', columns: ['branch', 'remote', 'path'], rows: rowsOf(state) },
    ],
  });
  return 0;
}

function rowsOf(state: MultiRemote) {
  return state.worktrees.map((worktree) => ({ branch: worktree.branch ?? '', remote: folderOf(worktree, state) ?? '', path: worktree.path }));
}

function describe(state: MultiRemote, { stdout }: CommandContext): string[] {
  const { repository, settings, remotes } = state;
  const { bold } = createPalette(stdout.colour);
  const { multiRemoteEnabled: enabled, multiRemoteDefaultRemote: preset } = settings;
  const worktrees = rowsOf(state).map(({ branch, remote, path }) =>
    [`  ${relative(repository.projectRoot, path) || '.'}`, `[${branch === '' ? 'detached' : branch}]`, ...(remote === '' ? [] : [`(${remote})`])].join(' '),
  );
  return [
    `${bold('Repository:')} ${repository.projectRoot}`,
    `${bold('Mode:')} ${enabled ? 'enabled' : 'disabled'}`,
    `${bold('Default remote:')} ${preset}`,
    bold('Remotes:'),
    ...(remotes.length === 0 ? ['  (none)'] : remotes.map((name) => `  ${name}${name === preset ? ' (default)' : ''}`)),
    bold('Worktrees:'),
    ...(worktrees.length === 0 ? ['  (none)'] : worktrees),
    '',
    enabled ? 'To turn it off: daft multi-remote disable' : 'To turn it on: daft multi-remote enable',
  ];
}
