/** What the commands of `daft multi-remote` have in common. */
import { relative } from 'node:path';
import { DaftError } from '../../daft-error';
import { createGit, surveyRepository, type Git } from '../../git';
import { isWithin } from '../../layout';
import type { Messages } from '../../output';
import { refuseHalfWay } from '../../worktree/half-way';
import { readMultiRemote, type FolderMove, type MultiRemote } from '../../worktree/multi-remote';
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
  const git = createGit(context.env);
  const survey = await surveyRepository(git, context.cwd);
  if (survey === undefined) throw new DaftError('Not in a git repository');
  return { git, state: readMultiRemote(survey), messages: commandMessages(context, { quiet: false, verbose: 0 }) };
}

/** The same for what moves worktrees, which are where they belong then. */
export async function openMultiRemoteToMove(context: CommandContext): Promise<MultiRemotePlace> {
  const place = await openMultiRemote(context);
  refuseHalfWay(place.state.repository.commonDir, context.exe);
  return place;
}

/** For the operations: Ctrl-C is listened to once something begins that must be taken back. */
export function servicesOf({ git, messages }: MultiRemotePlace, context: CommandContext) {
  return {
    git,
    narrator: messages,
    get signal() {
      return context.interruptible();
    },
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
