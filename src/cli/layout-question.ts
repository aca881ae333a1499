import { isatty } from 'node:tty';
import { readConfigToml, readDirectories, saveDefaultLayout } from '../config';
import { layoutNamed, standardLayout, type Layout } from '../layout';
import type { Messages } from '../output';
import type { CommandContext } from './context';
import { isHintDue, recordHint } from './hints';
import { askKey } from './key-prompt';

/**
 * Asks a user who has decided nothing yet, once, where worktrees should go (shell.md 13). Undefined: nobody was asked,
 * and resolution goes on.
 */
export async function askFirstLayout(context: CommandContext, messages: Messages, { quiet }: { quiet: boolean }): Promise<Layout | 'cancelled' | undefined> {
  const answerable = context.env['DAFT_TESTING'] !== undefined || isatty(0);
  if (!answerable || !isHintDue('layout-options', context, { quiet })) return undefined;
  messages.info(
    [
      'Worktrees go next to the repository: app, app.feature-x, app.fix-y.',
      "With the layout 'contained' they go inside one directory: app/main, app/feature-x, app/fix-y.",
    ].join('\n'),
  );
  const answer = await askKey('Use contained? [y=this repo / d=set as default / N] ', {
    choices: [
      { key: 'y', label: 'this repo' },
      { key: 'd', label: 'set as default' },
      { key: 'n', label: 'no' },
    ],
    preset: 'n',
    context,
    messages,
  });
  if (answer === 'cancelled') return 'cancelled';
  recordHint('layout-options', context);
  if (answer === 'd') await saveAsDefault('contained', context, messages);
  const { layouts: custom } = await readConfigToml(readDirectories(context.env).config, () => {}); // what is wrong with it has been said
  return answer === 'n' ? standardLayout(custom) : layoutNamed('contained', custom);
}

async function saveAsDefault(name: string, { env }: CommandContext, messages: Messages): Promise<void> {
  try {
    await saveDefaultLayout(readDirectories(env).config, name);
  } catch (error) { // no permission, a full disk, a broken file: this clone gets its layout all the same
    if (!(error instanceof Error)) throw error;
    messages.warning(`Could not save the default layout: ${error.message}`);
  }
}
