import type { HookServices } from './services';
import type { HookName } from './types';

/** Why a hook is switched off; undefined if it is not. */
export function disabledReason(hook: HookName, { settings }: HookServices): string | undefined {
  if (!settings.hooks.enabled) return 'Hooks are globally disabled';
  return settings.hooks.perHook[hook].enabled ? undefined : `${hook} hook is disabled`;
}
