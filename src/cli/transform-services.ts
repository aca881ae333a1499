import type { TransformServices } from '../worktree/transform';
import type { CommandContext } from './context';
import type { WorktreeCommand } from './worktree-command';

/** What the commands that convert a whole repository need of their surroundings. */
export function transformServices(context: CommandContext, { services, hooks }: WorktreeCommand): TransformServices {
  const { git, settings, directories, env, narrator, now } = services;
  return {
    git,
    settings,
    directories,
    env,
    narrator,
    now,
    // Asked for when something begins that must be taken back, and not before.
    get signal() {
      return context.interruptible();
    },
    hooks: hooks.services,
  };
}
