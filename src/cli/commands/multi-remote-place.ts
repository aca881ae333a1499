/** What the commands of `daft multi-remote` have in common. */
import { relative } from 'node:path';
import { readDirectories } from '../../config';
import { DaftError } from '../../daft-error';
import { createGit, surveyRepository, type Git, type Survey } from '../../git';
import { isWithin } from '../../layout';
import type { Messages } from '../../output';
import { readMultiRemote, type FolderMove, type MoveServices, type MultiRemote } from '../../worktree/multi-remote';
import { surveyAfterRecovery } from '../../worktree/transform';
import { commandMessages } from '../command-messages';
import { isConfirmed } from '../confirm';
import type { CommandContext } from '../context';
import { tellWayOut } from '../destination';
import type { ParsedArguments } from '../spec';

export interface MultiRemotePlace {
  git: Git;
  state: MultiRemote;
  messages: Messages;
}

export async function openMultiRemote(context: CommandContext): Promise<MultiRemotePlace> {
  const { survey, ...place } = await open(context);
  return { ...place, state: readMultiRemote(survey) };
}

/** The same for what moves worktrees, which are where they belong then. */
export async function openMultiRemoteToMove(context: CommandContext, parsed: ParsedArguments): Promise<MultiRemotePlace> {
  const { survey, ...place } = await open(context);
  const services = { git: place.git, narrator: place.messages, directories: readDirectories(context.env), now: context.now };
  return { ...place, state: readMultiRemote(await surveyAfterRecovery(survey, { dryRun: parsed.flag('dry-run') }, services)) };
}

async function open(context: CommandContext): Promise<{ git: Git; survey: Survey; messages: Messages }> {
  const git = createGit(context.env);
  const survey = await surveyRepository(git, context.cwd);
  if (survey === undefined) throw new DaftError('Not in a git repository');
  return { git, survey, messages: commandMessages(context, { quiet: false, verbose: 0 }) };
}

/** For the operations: Ctrl-C is listened to once something begins that must be taken back. */
export function servicesOf({ git, messages }: MultiRemotePlace, context: CommandContext, what: string): MoveServices {
  return {
    git,
    directories: readDirectories(context.env),
    narrator: messages,
    now: context.now,
    get signal() {
      return context.interruptible();
    },
    commandLine: `${context.exe} multi-remote ${what}`,
  };
}

/** Tells somebody whose worktree has moved away from under their shell where it is now: it is not led by these commands. */
export function tellNewPlace(moves: readonly FolderMove[], { cwd }: CommandContext, { messages }: MultiRemotePlace): void {
  const own = moves.find(({ from }) => isWithin(cwd, from));
  if (own !== undefined) tellWayOut(own.to, { cwd, messages });
}

/** Shows the moves, and asks unless that is not wanted; false: nothing is to be done, and the user knows why. */
export async function agreeOn(
  moves: readonly FolderMove[],
  { question, context, parsed, place: { state, messages } }: { question: string; context: CommandContext; parsed: ParsedArguments; place: MultiRemotePlace },
): Promise<boolean> {
  const below = (path: string) => relative(state.repository.projectRoot, path);
  messages.info(moves.length === 0 ? 'No worktrees to move.' : 'Worktrees to move:');
  for (const { from, to } of moves) messages.info(`  ${below(from)} -> ${below(to)}`);
  if (parsed.flag('dry-run')) {
    messages.info('Dry run complete - no changes made');
    return false;
  }
  return parsed.flag('force') || moves.length === 0 || isConfirmed(context, question);
}
