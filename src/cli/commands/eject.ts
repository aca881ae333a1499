import { parseSettings } from '../../config';
import { createGit } from '../../git';
import { ejectRepository, prepareEjection, surveyAfterRecovery, type EjectionServices } from '../../worktree/transform';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import { tellWayOut, writeDestination } from '../destination';
import { jobCancelling } from '../job-cancelling';
import type { ParsedArguments } from '../spec';
import { transformServices } from '../transform-services';
import { openWorktreeCommand } from '../worktree-command';
import { surveyPath } from './repository-path';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const quiet = parsed.flag('quiet');
  const verbose = parsed.count('verbose');
  const dryRun = parsed.flag('dry-run');
  const messages = commandMessages(context, { quiet, verbose });
  const git = createGit(context.env);
  const found = await surveyPath(git, parsed.argument('repository_path'), context);
  const settings = parseSettings(found.config);
  using command = openWorktreeCommand(context, { git, settings, messages, quiet, verbose: verbose > 0 });
  const base = transformServices(context, command);
  const survey = await surveyAfterRecovery(found, { dryRun }, base);
  const services: EjectionServices = {
    ...base,
    fireHook: command.services.fireHook,
    cancelJobs: jobCancelling({ commonDir: survey.repository.commonDir, stateDir: base.directories.state, now: context.now }, messages),
  };
  const ejection = await prepareEjection({ branch: parsed.text('branch'), force: parsed.flag('force') }, survey, services);
  if (dryRun) {
    messages.result(`Would convert to traditional layout with branch '${ejection.branch}'`);
    return 0;
  }
  let wanted: string | undefined;
  messages.spinner.start('Converting to traditional layout');
  await ejectRepository(
    ejection,
    {
      commandLine: `${context.exe} eject -b ${ejection.branch}`,
      arrive(destination) {
        messages.spinner.finish();
        if (!writeDestination(destination, { env: context.env, settings, stay: false, messages })) wanted = destination;
      },
    },
    services,
  );
  command.hooks.finish();
  messages.result(`Converted to traditional layout on branch '${ejection.branch}'`);
  if (wanted !== undefined) tellWayOut(wanted, { cwd: context.cwd, messages });
  if (context.env['DAFT_NO_HINTS'] === undefined) messages.info(`hint: '${context.exe} layout transform sibling' replaces this command, and keeps all worktrees`);
  return 0;
}
