/** What the commands that create worktrees have in common. */
import { readDirectories, type Settings } from '../config';
import type { Git } from '../git';
import { fireHook } from '../hooks';
import type { Messages } from '../output';
import type { CreationServices } from '../worktree';
import type { CommandContext } from './context';
import { createHookServices, presentHookFailure, type CommandHooks } from './hook-services';

export interface CreationCommand extends Disposable {
  services: CreationServices;
  hooks: CommandHooks;
}

/** Binds the operations to one command. With `hooks: 'none'` nothing fires. */
export function openCreation(
  context: CommandContext,
  { git, settings, messages, verbose, hooks: wanted = 'fire' }: { git: Git; settings: Settings; messages: Messages; verbose: boolean; hooks?: 'fire' | 'none' },
): CreationCommand {
  const { env, cwd, now, exe } = context;
  const directories = readDirectories(env);
  const hooks = createHookServices(context, { git, settings, messages, verbose, directories });
  return {
    hooks,
    services: {
      git,
      settings,
      directories,
      env,
      cwd,
      now,
      exe,
      // Asked for when something begins that must be taken back, and not before.
      get signal() {
        return context.interruptible();
      },
      narrator: messages,
      async fireHook(firing) {
        if (wanted === 'none') return { kind: 'skipped', reason: 'hooks are switched off for this command' };
        messages.spinner.pause();
        const result = await fireHook(firing, hooks.services);
        if (result.kind === 'failed') presentHookFailure(firing.hook, result, messages);
        messages.spinner.resume();
        return result;
      },
    },
    [Symbol.dispose]() {
      messages.spinner.finish();
      hooks[Symbol.dispose]();
    },
  };
}
