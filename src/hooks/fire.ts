import { homedir } from 'node:os';
import { join } from 'node:path';
import type { DaftYml, HookDefinition } from '../config/daft-yml';
import { disabledReason } from './enabled';
import type { Firing } from './firing';
import { passGate } from './gate';
import { hookDirectory, loadConfigFor } from './place';
import { findScript, scriptDirectory } from './scripts';
import type { HookServices } from './services';
import { hookNames } from './types';
import type { HookName, HookResult } from './types';

/**
 * Fires one hook, trust gate included; never throws for what a hook does. Most often there is none: what runs jobs, and keeps
 * their history, is loaded when there is something to run.
 */
export async function fireHook(firing: Firing, services: HookServices): Promise<HookResult> {
  const disabled = disabledReason(firing.hook, services);
  if (disabled !== undefined) return { kind: 'skipped', reason: disabled };

  const loaded = await loadConfigFor(firing, services);
  if (loaded.kind === 'broken') {
    services.tell({ type: 'warning', text: `Error loading YAML config, falling back to script hooks: ${loaded.message}` });
  }
  const config = loaded.kind === 'loaded' ? loaded.config : undefined;
  const definition = config === undefined ? undefined : definitionOf(config, firing.hook);
  if (config === undefined || definition === undefined) return fireScriptsFound(firing, services);

  const gate = await passGate(firing, { kind: 'yaml', names: configuredHooks(config) }, services);
  if (gate.kind === 'closed') return { kind: 'skipped', reason: gate.reason };
  const { fireDefinition } = await import('./fire-jobs');
  return fireDefinition(firing, { config, definition, services });
}

/** Own properties only: a hook may be called `constructor`. */
function definitionOf({ hooks = {} }: DaftYml, hook: string): HookDefinition | undefined {
  return Object.hasOwn(hooks, hook) ? hooks[hook] : undefined;
}

/** Known hooks of a configuration, in the order of a worktree's life. */
export function configuredHooks(config: DaftYml): HookName[] {
  return hookNames.filter((hook) => definitionOf(config, hook) !== undefined);
}

/** As `fireScripts`, of those that there are. */
async function fireScriptsFound(firing: Firing, services: HookServices): Promise<HookResult> {
  const { hook } = firing;
  const { exe, tell, settings, directories } = services;
  const directory = hookDirectory(firing);
  const project = findScript(join(directory, scriptDirectory), hook, exe);
  const user = findScript(userDirectory(settings.hooks.userDirectory, services) ?? join(directories.config, 'hooks'), hook, exe);
  for (const { warning } of [project, user]) if (warning !== undefined) tell({ type: 'warning', text: warning });
  if (project.script === undefined && user.script === undefined) return { kind: 'skipped', reason: 'No hook files found' };
  const { fireScripts } = await import('./fire-jobs');
  return fireScripts(firing, { project: project.script, user: user.script }, services);
}

function userDirectory(configured: string | null, { env }: HookServices): string | null {
  if (configured === null || !configured.startsWith('~/')) return configured;
  return join(env['HOME'] || homedir(), configured.slice(2));
}
