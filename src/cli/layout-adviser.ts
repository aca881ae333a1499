import { isatty } from 'node:tty';
import type * as Prompts from '@clack/prompts';
import type { Messages } from '../output';
import type { Layout } from '../layout';
import type { LayoutAdviser } from '../worktree';
import { DaftError } from '../daft-error';
import type { CommandContext } from './context';

/** Asks about layouts on the terminal; undefined where nobody can be asked. */
export function layoutAdviser({ env, stderr }: CommandContext, messages: Messages): LayoutAdviser | undefined {
  // The descriptor, not process.stdin: touching that opens it.
  if (env['DAFT_TESTING'] !== undefined || !isatty(0) || !stderr.isTTY) return undefined;
  const ask = async <Answer>(question: (prompts: typeof Prompts) => Promise<Answer | symbol>): Promise<Answer> => {
    const prompts = await import('@clack/prompts');
    messages.spinner.pause();
    const answer = await question(prompts);
    messages.spinner.resume();
    if (prompts.isCancel(answer)) throw new DaftError('Cancelled. Nothing was changed.', { exitCode: 0, prefix: 'none' });
    return answer as Answer;
  };
  const output = stderr.stream;
  const announce = (text: string) => {
    messages.spinner.pause(); // until the question that follows has been answered
    messages.info(text);
  };
  return {
    confirm(detected) {
      announce(`Detected layout: ${detected.name}`);
      return ask<boolean>(({ confirm }) => confirm({ message: 'Use this layout?', initialValue: true, output }));
    },
    tellUnrecognised: () => announce('Found worktrees in unrecognized arrangement.'),
    pick: (layouts, preselected) =>
      ask<Layout>(({ select }) =>
        select({
          message: 'Select a layout',
          options: layouts.map((layout) => ({ value: layout, label: labelOf(layout, layouts) })),
          initialValue: layouts.find(({ name }) => name === preselected.name) ?? preselected,
          output,
        }),
      ),
    async offerConsolidation(layout) {
      const wanted = await ask<boolean>(({ confirm }) => confirm({ message: 'Consolidate the existing worktrees to this layout?', initialValue: false, output }));
      if (wanted) messages.info(`Run \`daft layout transform ${layout.name}\` to consolidate.`);
    },
  };
}

/** Name and template, the templates in one column. */
function labelOf({ name, template }: Layout, all: readonly Layout[]): string {
  return `${name.padEnd(Math.max(...all.map((layout) => layout.name.length)))}  ${template}`;
}
