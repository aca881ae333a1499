import { parseSettings, readDirectories } from '../../config';
import { DaftError } from '../../daft-error';
import { createGit, surveyRepository } from '../../git';
import type { Messages } from '../../output';
import { describeFailure, nameOf, warmWorktree, type Warmed } from '../../worktree';
import { refuseHalfWay } from '../../worktree/half-way';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const { env, cwd } = context;
  const messages = commandMessages(context, { quiet: parsed.flag('quiet'), verbose: parsed.count('verbose') });
  const git = createGit(env);
  const survey = await surveyRepository(git, cwd);
  if (survey === undefined) throw new DaftError('Not inside a Git repository');
  refuseHalfWay(survey.repository.commonDir);
  messages.spinner.start('Looking for what to copy');
  try {
    const warmed = await warmWorktree(
      { paths: parsed.variadic('path'), from: parsed.text('from'), dryRun: parsed.flag('dry-run') },
      survey,
      { git, settings: parseSettings(survey.config), directories: readDirectories(env), narrator: messages, signal: context.interruptible(), cwd },
    );
    return tell(warmed, messages);
  } finally {
    messages.spinner.finish();
  }
}

/** Returns the exit code. */
function tell(warmed: Warmed, messages: Messages): number {
  messages.spinner.finish();
  switch (warmed.kind) {
    case 'nothing wanted':
      messages.info("Nothing to copy: neither 'copy' in daft.yml nor .worktreeinclude names anything.");
      return 0;
    case 'all there':
      for (const path of warmed.paths) messages.info(`'${path}' is here already.`);
      return 0;
    case 'planned':
      for (const { path, source } of warmed.copies) messages.result(`Would copy '${path}' from '${nameOf(source)}'`);
      if (warmed.copies.length === 0) messages.info(nothingNew);
      return 0;
    case 'copied':
      for (const { path, source } of warmed.copied) messages.result(`Copied '${path}' from '${nameOf(source)}'`);
      for (const failure of warmed.failed) messages.error(describeFailure(failure));
      if (warmed.copied.length === 0 && warmed.failed.length === 0) messages.info(nothingNew);
      return warmed.failed.length > 0 ? 1 : 0;
  }
}

const nothingNew = 'Nothing to copy: no other worktree has anything of it that is missing here.';
