import { basename } from 'node:path';
import { parseSettings } from '../../config';
import { DaftError } from '../../daft-error';
import { createGit } from '../../git';
import { adoptRepository, prepareAdoption, surveyAfterRecovery } from '../../worktree/transform';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import { tellWayOut, writeDestination } from '../destination';
import type { ParsedArguments } from '../spec';
import { transformServices } from '../transform-services';
import { openWorktreeCommand } from '../worktree-command';
import { surveyPath } from './repository-path';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const quiet = parsed.flag('quiet');
  const verbose = parsed.count('verbose');
  const dryRun = parsed.flag('dry-run');
  const noHooks = parsed.flag('no-hooks');
  if (noHooks && parsed.flag('trust-hooks')) throw new DaftError('--trust-hooks and --no-hooks cannot be used together.');

  const messages = commandMessages(context, { quiet, verbose });
  const git = createGit(context.env);
  const found = await surveyPath(git, parsed.argument('repository_path'), context);
  const settings = parseSettings(found.config);
  using command = openWorktreeCommand(context, { git, settings, messages, quiet, verbose: verbose > 0, hooks: noHooks ? 'none' : 'fire' });
  const services = { ...transformServices(context, command), fireHook: command.services.fireHook, exe: context.exe };
  const survey = await surveyAfterRecovery(found, { dryRun }, services);
  const adoption = await prepareAdoption(survey, services);
  const { branch, path } = adoption;
  if (dryRun) {
    messages.result(`Would convert to worktree layout with branch '${branch}' at '${path}'`);
    return 0;
  }
  if (noHooks) messages.step('Skipping hooks (--no-hooks flag)');
  let wanted: string | undefined;
  messages.spinner.start('Converting to worktree layout');
  await adoptRepository(
    adoption,
    {
      hooks: noHooks ? 'none' : parsed.flag('trust-hooks') ? 'trust and fire' : 'fire',
      commandLine: `${context.exe} adopt`,
      arrive(destination) {
        messages.spinner.finish();
        if (!writeDestination(destination, { env: context.env, settings, stay: false, messages })) wanted = destination;
      },
    },
    services,
  );
  command.hooks.finish();
  messages.result(`Converted to worktree layout. Working directory: '${basename(survey.repository.projectRoot)}/${branch}'`);
  if (wanted !== undefined) tellWayOut(wanted, { cwd: context.cwd, messages });
  if (context.env['DAFT_NO_HINTS'] === undefined) messages.info(`hint: '${context.exe} layout transform contained' replaces this command, and moves linked worktrees, too`);
  return 0;
}
