import { parseSettings } from '../../config';
import { DaftError } from '../../daft-error';
import { createGit, surveyRepository } from '../../git';
import type { Messages } from '../../output';
import { quoteForPosix } from '../../process';
import { carryChanges, nameOf, type CarryOutcome } from '../../worktree';
import { refuseHalfWay } from '../../worktree/half-way';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import { writeDestination } from '../destination';
import { hintAtShellIntegration } from '../hints';
import type { ParsedArguments } from '../spec';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const messages = commandMessages(context, { quiet: false, verbose: parsed.count('verbose') });
  const git = createGit(context.env);
  const survey = await surveyRepository(git, context.cwd);
  if (survey === undefined) throw new DaftError('Not inside a Git repository');
  refuseHalfWay(survey.repository.commonDir);
  const settings = parseSettings(survey.config);
  const carried = await carryChanges(
    { targets: parsed.variadic('target'), copy: parsed.flag('copy') },
    survey,
    { git, narrator: messages, get signal() { return context.interruptible(); } },
  );
  if (carried.kind === 'carried') {
    writeDestination(carried.destination, { env: context.env, settings, stay: false, messages });
    if (carried.failed.length === 0) hintAtShellIntegration(context, messages, { quiet: false });
  }
  return tell(carried, messages);
}

function tell(carried: CarryOutcome, messages: Messages): number {
  switch (carried.kind) {
    case 'no-changes':
      messages.info('No uncommitted changes to carry.');
      return 0;
    case 'unresolved':
      for (const { text, reason } of carried.targets) messages.error(`Failed to resolve target '${text}': ${reason}`);
      throw new DaftError(`Failed to resolve ${carried.targets.length} target(s). No changes were made.`, { prefix: 'none' });
    case 'no-target':
      messages.info('No valid targets to carry changes to.');
      return 0;
    case 'carried':
      if (carried.failed.length > 0) throw new DaftError(failures(carried), { prefix: 'none' });
      messages.result(success(carried));
      return 0;
  }
}

type Carried = CarryOutcome & { kind: 'carried' };

function success({ mode, done, destination }: Carried): string {
  const [first] = done;
  if (mode === 'move') return `Done! Now in ${destination}`;
  if (done.length === 1 && first !== undefined) return `Done! Changes copied to '${nameOf(first)}'. Now in ${destination}`;
  return `Done! Changes copied to ${done.length} worktrees. Now in ${destination}`;
}

function failures({ done, failed, preserved }: Carried): string {
  const lines = failed.map(({ worktree, complaint }) => {
    const again = preserved === undefined ? `daft carry --copy ${quoteForPosix(nameOf(worktree))}` : `git -C ${quoteForPosix(worktree.path)} stash apply --index ${preserved}`;
    return `  '${nameOf(worktree)}': ${complaint.replaceAll('\n', '\n    ')}\n    to finish by hand, make room there and run: ${again}`;
  });
  return [
    `Completed with ${done.length} success(es) and ${failed.length} failure(s).`,
    ...lines,
    ...(preserved === undefined ? [] : ['Stash preserved for recovery.']),
  ].join('\n');
}
