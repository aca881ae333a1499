import { realpathSync } from 'node:fs';
import { relative } from 'node:path';
import { parseSettings, readDirectories } from '../../config';
import { createGit, readGlobalConfigList } from '../../git';
import { initRepository } from '../../worktree';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import { writeDestination } from '../destination';
import { execAfter } from '../exec-after';
import { hintAtShellIntegration } from '../hints';
import { tellCancelled } from '../key-prompt';
import { askFirstLayout } from '../layout-question';
import { namedLayout } from '../named-layout';
import type { ParsedArguments } from '../spec';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const { env, cwd, now } = context;
  const quiet = parsed.flag('quiet');
  const messages = commandMessages(context, { quiet, verbose: parsed.count('verbose') });
  const git = createGit(env);
  const settings = parseSettings(await readGlobalConfigList(git));
  const services = { git, settings, directories: readDirectories(env), env, cwd, now, narrator: messages };
  const layoutName = parsed.text('layout');
  const name = parsed.argument('repository_name') ?? '';

  const initialized = await initRepository(
    {
      name,
      branch: parsed.text('initial-branch'),
      bare: parsed.flag('bare'),
      layout: layoutName === undefined ? undefined : await namedLayout(layoutName, services),
      remoteFolder: parsed.text('remote'),
    },
    services,
    { askLayout: () => askFirstLayout(context, messages, { quiet }) },
  );
  switch (initialized.kind) {
    case 'cancelled':
      tellCancelled('Init cancelled. Nothing was changed.', context);
      return 0;
    case 'bare':
      messages.result(`Initialized empty repository '${name}' (bare)`);
      return 0;
    case 'worktree':
      messages.result(`Initialized repository '${name}' in '${relative(realpathSync(cwd), initialized.path)}'`);
      writeDestination(initialized.path, { env, settings, stay: parsed.flag('no-cd'), messages });
      hintAtShellIntegration(context, messages, { quiet });
      await execAfter(parsed.texts('exec'), initialized.path, context);
      return 0;
  }
}
