import { displayArgument } from './parse';
import { wordsBelow } from './routing';
import type { CommandSpec } from './spec';
import { displayOption } from './usage-error';

/** `Usage: git-worktree-branch [OPTIONS] <BRANCH>...` */
export function usageLine(spec: CommandSpec, table: readonly CommandSpec[]): string {
  const subcommand = visibleSubcommands(spec, table).length > 0 ? [spec.load ? '[COMMAND]' : '<COMMAND>'] : [];
  return ['Usage:', spec.usageName, '[OPTIONS]', ...spec.options.filter(({ required }) => required).map(displayOption), ...spec.arguments.map(displayArgument), ...subcommand].join(' ');
}

/** What can be selected below a command, each by its word; the command itself, too, where it has one there. */
export function visibleSubcommands(spec: CommandSpec, table: readonly CommandSpec[]): readonly { word: string; spec: CommandSpec }[] {
  return spec.words.flatMap((words) => wordsBelow(words, table));
}
