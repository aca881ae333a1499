/** What the commands that create and remove worktrees have in common. */
import { readDirectories, type Settings } from '../config';
import type { Git } from '../git';
import { fireHook, type Firing, type HookResult } from '../hooks';
import type { Messages } from '../output';
import type { HookLog } from '../output/live-table';
import type { WorktreeServices } from '../worktree';
import type { CommandContext } from './context';
import { createHookServices, presentHookFailure, type CommandHooks } from './hook-services';

export interface WorktreeCommand extends Disposable {
  services: WorktreeServices;
  hooks: CommandHooks;
}

/** Binds the operations to one command. With `hooks: 'none'` nothing fires. */
export function openWorktreeCommand(
  context: CommandContext,
  { git, settings, messages, quiet, verbose, hooks: wanted = 'fire', hookLog }: {
    git: Git;
    settings: Settings;
    messages: Messages;
    quiet: boolean;
    verbose: boolean;
    hooks?: 'fire' | 'none';
    /** Hears the hooks, where they are not to be shown as they run. */
    hookLog?: HookLog | undefined;
  },
): WorktreeCommand {
  const { env, cwd, now, exe } = context;
  const directories = readDirectories(env);
  const hooks = createHookServices(context, { git, settings, messages, quiet, verbose, directories, log: hookLog });
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
        if (hookLog !== undefined) return fireIntoLog(firing, hookLog);
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

  async function fireIntoLog(firing: Firing, log: HookLog): Promise<HookResult> {
    log.begin(firing);
    const result = await fireHook(firing, hooks.services);
    log.end(result);
    return result;
  }
}
