/** The reference pages in docs/reference/, from the entries of the table, in the words that their help has. Pure. */

import { optionTerm, withChoices } from './help';
import { topicsOf } from './overview';
import { displayArgument, optionsOf } from './parse';
import type { ArgumentSpec, CommandSpec, OptionSpec } from './spec';
import { usageLine, visibleSubcommands } from './usage-line';
import { displayOption } from './usage-error';

/** Of a table. */
interface Row {
  term: string;
  text: string;
}

const doNotEdit = '<!-- Written by `npm run docs` from the command table, src/cli/table/. -->';

/** Text by file name: a page for each command that is not hidden, and README.md, which lists them. */
export function referencePages(table: readonly CommandSpec[]): ReadonlyMap<string, string> {
  const pages = table.filter(({ hidden }) => !hidden).map((spec) => [fileOf(spec), page(spec, table)] as const);
  return new Map([['README.md', contents(table)], ...pages]);
}

function contents(table: readonly CommandSpec[]): string {
  return blocks([
    doNotEdit,
    '# Commands',
    'What `daft <command> --help` says, one page for each command.',
    ...topicsOf(table).flatMap(({ topic, commands }) => [
      `## ${topic.charAt(0).toUpperCase()}${topic.slice(1)}`,
      commands.flatMap((spec) => listed(spec, '', table)).join('\n'),
    ]),
  ]);
}

/** A line of the contents, and those of the subcommands below it. */
function listed(spec: CommandSpec, indentation: string, table: readonly CommandSpec[]): readonly string[] {
  const below = visibleSubcommands(spec, table).filter((subcommand) => subcommand.spec !== spec).flatMap((subcommand) => listed(subcommand.spec, `${indentation}  `, table));
  return [`${indentation}- [${nameOf(spec)}](${fileOf(spec)}): ${prose(spec.summary)}`, ...below];
}

function page(spec: CommandSpec, table: readonly CommandSpec[]): string {
  return blocks([
    doNotEdit,
    `# ${spec.usageName}`,
    prose(spec.summary),
    `\`\`\`text\n${usageLine(spec, table)}\n\`\`\``,
    ...spec.description.split('\n\n').map(paragraph),
    otherNames(spec),
    section('Subcommands', visibleSubcommands(spec, table).map(({ word, spec: below }) => `- [${word}](${fileOf(below)}): ${prose(below.summary)}`)),
    section('Arguments', rows('Argument', spec.arguments.map((argument) => argumentRow(argument, spec)))),
    section('Options', rows('Option', optionsOf(spec).filter(({ hidden }) => !hidden).map((option) => optionRow(option, spec)))),
    section('See also', seeAlso(spec, table)),
  ]);
}

/** As it is typed after `daft`: `clone`, `worktree-branch`, `hooks jobs`. */
function nameOf(spec: CommandSpec): string {
  return spec.words[0] ?? spec.id;
}

function fileOf(spec: CommandSpec): string {
  return `${nameOf(spec).replaceAll(' ', '-')}.md`;
}

function otherNames(spec: CommandSpec): string {
  const executables = spec.executables.flatMap((name) => (name.startsWith('git-') ? [name, name.replace('-', ' ')] : [name]));
  const others = [...executables, ...spec.words.map((words) => `daft ${words}`)].filter((name) => name !== spec.usageName);
  return others.length === 0 ? '' : `Also called ${code(others)}.`;
}

function argumentRow(argument: ArgumentSpec, spec: CommandSpec): Row {
  const excluding = spec.options.filter(({ conflictsWith }) => conflictsWith?.includes(argument.name)).map(displayOption);
  return { term: displayArgument(argument), text: withDemands(withChoices(argument.description, argument.choices), { excluding }) };
}

function optionRow(option: OptionSpec, spec: CommandSpec): Row {
  const { long, conflictsWith, value, required, requires } = option;
  const excluding = [
    ...spec.options.filter((other) => conflictsWith?.includes(other.long) || other.conflictsWith?.includes(long)).map(displayOption),
    ...spec.arguments.filter(({ name }) => conflictsWith?.includes(name)).map(displayArgument),
  ];
  const companions = spec.options.filter((other) => requires?.includes(other.long)).map(displayOption);
  return { term: optionTerm(option).trim(), text: withDemands(withChoices(option.description, value?.choices), { required, excluding, companions }) };
}

/** The description, and on what conditions the parser takes it. */
function withDemands(
  description: string,
  { required, excluding, companions = [] }: { required?: boolean | undefined; excluding: readonly string[]; companions?: readonly string[] },
): string {
  return [
    description,
    ...(required ? ['required'] : []),
    ...(excluding.length > 0 ? [`not with ${code(excluding)}`] : []),
    ...(companions.length > 0 ? [`only with ${code(companions)}`] : []),
  ].join('; ');
}

function seeAlso(spec: CommandSpec, table: readonly CommandSpec[]): readonly string[] {
  const above = table.filter((other) => other !== spec && visibleSubcommands(other, table).some((below) => below.spec === spec));
  return [...above.map((group) => `- [${group.usageName}](${fileOf(group)})`), ...guidesOf(spec), '- [All commands](README.md)'];
}

const guides = [
  { link: '- [Background jobs](../jobs.md)', covers: /^hooks jobs\b/ },
  { link: '- [Hooks](../hooks.md)', covers: /^hooks\b/ },
  { link: '- [Layouts](../layouts.md)', covers: /^(?:layout|adopt|eject)\b/ },
  { link: '- [Worktrees: several remotes](../worktrees.md#several-remotes)', covers: /^multi-remote\b/ },
  { link: '- [Worktrees: your shell comes along](../worktrees.md#your-shell-comes-along)', covers: /^(?:shell-init|completions)\b/ },
];

function guidesOf(spec: CommandSpec): readonly string[] {
  const guide = guides.find(({ covers }) => covers.test(nameOf(spec)))?.link;
  const aboutWorktrees = spec.executables.length > 0 ? ['- [Worktrees](../worktrees.md)'] : [];
  const structured = spec.options.some(({ long }) => long === 'format') ? ['- [Output for programs](../output.md)'] : [];
  return [...(guide === undefined ? aboutWorktrees : [guide]), ...structured];
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `## ${title}\n\n${lines.join('\n')}`;
}

function rows(title: string, items: readonly Row[]): readonly string[] {
  if (items.length === 0) return [];
  return [`| ${title} | |`, '|---|---|', ...items.map(({ term, text }) => `| ${cell(code([term]))} | ${cell(prose(text))} |`)];
}

/** A paragraph of a description; one that is indented is an example, which Markdown shows as it is. */
function paragraph(text: string): string {
  return text.startsWith('    ') ? text : prose(text);
}

/** What would be read as HTML or as emphasis is neither, but inside of backticks it is safe already. */
function prose(text: string): string {
  return text.replaceAll(/`[^`]*`|[<*]/g, (found) => (found.startsWith('`') ? found : `\\${found}`));
}

/** A bar ends a cell of a table even inside of backticks. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function code(terms: readonly string[]): string {
  return terms.map((term) => `\`${term}\``).join(', ');
}

function blocks(texts: readonly string[]): string {
  return `${texts.filter((text) => text !== '').join('\n\n')}\n`;
}
