/** The help of one command, from its entry in the table; commander's Help measures and wraps. Pure. */

import { Help } from 'commander';
import { optionsOf, displayArgument } from './parse';
import type { CommandSpec, OptionSpec } from './spec';
import { usageLine, visibleSubcommands } from './usage-line';
import { displayOption } from './usage-error';

const indent = 2;
const widest = 100;
/** A term longer than this has its description on the next line, so that one long option does not push all others right. */
const widestTerm = 32;

/** @param columns of the terminal; undefined if it is none */
export function helpText(
  spec: CommandSpec,
  table: readonly CommandSpec[],
  { length, columns }: { length: 'short' | 'full'; columns: number | undefined },
): string {
  const help = new Help();
  help.helpWidth = Math.min(columns ?? widest, widest);
  const introduction = length === 'full' && spec.description !== '' ? spec.description : spec.summary;
  const sections = [
    section(help, 'Commands:', visibleSubcommands(spec, table).map(({ word, spec: { summary } }) => ({ term: word, text: summary }))),
    section(help, 'Arguments:', spec.arguments.map((argument) => ({ term: displayArgument(argument), text: withChoices(argument.description, argument.choices) }))),
    section(
      help,
      'Options:',
      optionsOf(spec)
        .filter(({ hidden }) => !hidden)
        .map((option) => ({ term: optionTerm(option), text: withChoices(option.description, option.value?.choices) })),
    ),
  ];
  const paragraphs = introduction.split('\n').map((line) => help.boxWrap(line, help.helpWidth ?? widest));
  return `${[paragraphs.join('\n'), usageLine(spec, table), ...sections.filter((text) => text !== '')].join('\n\n')}\n`;
}

function section(help: Help, title: string, items: readonly { term: string; text: string }[]): string {
  if (items.length === 0) return '';
  const widths = items.map(({ term }) => help.displayWidth(term)).filter((width) => width <= widestTerm);
  const column = Math.max(...widths, 0);
  const lines = items.map(({ term, text }) =>
    help.displayWidth(term) <= widestTerm
      ? help.formatItem(term, column, text, help)
      : `${' '.repeat(indent)}${term}\n${help.formatItem('', column, text, help)}`,
  );
  return [title, ...lines].join('\n');
}

/** Aligned behind the place of a short letter, whether there is one or not. */
export function optionTerm(option: OptionSpec): string {
  const { short, value, counts } = option;
  const repeated = value?.repeatable || counts ? '...' : '';
  return `${short === undefined ? '    ' : `-${short}, `}${displayOption(option)}${repeated}`;
}

export function withChoices(description: string, choices: readonly string[] | undefined): string {
  return choices ? `${description} [possible values: ${choices.join(', ')}]` : description;
}
