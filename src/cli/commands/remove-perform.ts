import { parseSettings } from '../../config';
import { createGit } from '../../git';
import { removeBranches, removeRemoteBranches, resolveTargets, type BranchSurvey, type RemovalServices } from '../../worktree/remove';
import { refuseHalfWay } from '../../worktree/half-way';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import { openWorktreeCommand } from '../worktree-command';
import { wayOut, writeDestination } from '../destination';
import { jobCancelling } from '../job-cancelling';
import type { ParsedArguments } from '../spec';
import type { RemovalOrder } from './remove-run';

/** Removes, once the repository is known. */
export async function performRemoval(order: RemovalOrder, surveyed: BranchSurvey, context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const { cwd, env, now } = context;
  const verbose = parsed.count('verbose');
  const quiet = parsed.flag('quiet');
  const messages = commandMessages(context, { quiet, verbose });
  const git = createGit(env);
  const { survey } = surveyed;
  refuseHalfWay(survey.repository.commonDir);
  const settings = parseSettings(survey.config);
  const targets = resolveTargets(order.arguments, survey, cwd);

  using command = openWorktreeCommand(context, { git, settings, messages, quiet, verbose: verbose > 0 });
  const { fireHook, directories } = command.services;
  const services: RemovalServices = {
    git,
    settings,
    cwd,
    get signal() {
      return context.interruptible();
    },
    fireHook,
    narrator: messages,
    cancelJobs: jobCancelling({ commonDir: survey.repository.commonDir, stateDir: directories.state, now }, messages),
  };
  if (parsed.flag('remote')) {
    await removeRemoteBranches(targets.map(({ branch }) => branch), surveyed, services);
    return 0;
  }

  let hint: string | undefined;
  try {
    await removeBranches(
      {
        targets,
        forced: order.forced,
        remotely: settings.branchDeleteRemote && !parsed.flag('local'),
        leave(destination) {
          const told = writeDestination(destination, { env, settings, stay: false, messages });
          if (!told) hint = wayOut(destination);
        },
      },
      surveyed,
      services,
    );
  } finally {
    command.hooks.finish();
    if (hint !== undefined) messages.result(hint);
  }
  return 0;
}
