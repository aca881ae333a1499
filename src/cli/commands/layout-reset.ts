import { readDirectories } from '../../config';
import { DaftError } from '../../daft-error';
import { createGit, findRepository } from '../../git';
import { forgetLayout } from '../../worktree';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { findDirectory } from './repository-path';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const messages = commandMessages(context, { quiet: false, verbose: 0 });
  const given = parsed.argument('path') ?? '.';
  const directory = findDirectory(given, context.cwd);
  if (directory === undefined) throw new DaftError(`Cannot resolve path: ${given}`);
  const repository = await findRepository(createGit(context.env), directory);
  if (repository === undefined) throw new DaftError('Not inside a Git repository. Run this command from within a repo.');
  switch (await forgetLayout(repository.commonDir, { directories: readDirectories(context.env), narrator: messages, now: context.now })) {
    case 'forgotten': messages.result('Layout setting cleared for this repository.'); break;
    case 'not set': messages.result('No layout setting found for this repository.'); break;
  }
  return 0;
}
