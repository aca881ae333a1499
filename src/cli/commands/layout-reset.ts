import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { readDirectories } from '../../config';
import { DaftError } from '../../daft-error';
import { isErrno } from '../../fs';
import { createGit, findRepository } from '../../git';
import { forgetLayout } from '../../worktree';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const messages = commandMessages(context, { quiet: false, verbose: 0 });
  const repository = await findRepository(createGit(context.env), resolvePath(parsed.argument('path') ?? '.', context));
  if (repository === undefined) throw new DaftError('Not inside a Git repository. Run this command from within a repo.');
  switch (await forgetLayout(repository.commonDir, { directories: readDirectories(context.env), narrator: messages, now: context.now })) {
    case 'forgotten': messages.result('Layout setting cleared for this repository.'); break;
    case 'not set': messages.result('No layout setting found for this repository.'); break;
  }
  return 0;
}

function resolvePath(given: string, { cwd }: CommandContext): string {
  try {
    return realpathSync(resolve(cwd, given));
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG')) throw new DaftError(`Cannot resolve path: ${given}`);
    throw error;
  }
}
