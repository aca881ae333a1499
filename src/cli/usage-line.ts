import { displayArgument } from './parse';
import { subcommandsOf, subcommandWord } from './routing';
import type { CommandSpec } from './spec';
import { displayOption } from './usage-error';

/** `Usage: git-worktree-branch [OPTIONS] <BRANCH>...` */
export function usageLine(spec: CommandSpec, table: readonly CommandSpec[]): string {
  const subcommand = visibleSubcommands(spec, table).length > 0 ? [spec.load ? '[COMMAND]' : '<COMMAND>'] : [];
  return ['Usage:', spec.usageName, '[OPTIONS]', ...spec.options.filter(({ required }) => required).map(displayOption), ...spec.arguments.map(displayArgument), ...subcommand].join(' ');
}

/** Those below a command, each by the word that selects it. */
export function visibleSubcommands(spec: CommandSpec, table: readonly CommandSpec[]): readonly { word: string; spec: CommandSpec }[] {
  return spec.words.flatMap((words) =>
    subcommandsOf(words, table)
      .filter(({ hidden }) => !hidden)
      .map((below) => ({ word: subcommandWord(words, below) ?? '', spec: below })),
  );
}
