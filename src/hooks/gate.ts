import { readRegistry } from '../config';
import type { Registry } from '../config';
import type { Git } from '../git';
import type { Firing } from './firing';
import type { HookServices } from './services';
import { needsRemote, resolveTrust } from './trust';
import type { EffectiveTrust } from './trust';
import type { HookName } from './types';

/** What asks to be run. */
export type Claimant = { kind: 'yaml'; names: readonly HookName[] } | { kind: 'scripts'; names: readonly string[] };

/** URL of a remote as configured; undefined without such a remote. */
export async function findRemoteUrl(git: Git, commonDir: string, remote: string): Promise<string | undefined> {
  const answer = await git.ask(commonDir, ['config', '--get', `remote.${remote}.url`]);
  return answer.exitCode === 0 ? answer.stdout.trim() : undefined;
}

/** How far the hooks of a repository are trusted. An unreadable registry trusts nobody. */
export async function findTrust(
  commonDir: string,
  { git, settings, directories }: Pick<HookServices, 'git' | 'settings' | 'directories'>,
  registry: Registry = registryOrNothing(directories.config),
): Promise<EffectiveTrust> {
  const remoteUrl = needsRemote(registry, commonDir) ? await findRemoteUrl(git, commonDir, settings.remote) : undefined;
  return resolveTrust(registry, commonDir, { remoteUrl, defaultLevel: settings.hooks.defaultTrust });
}

function registryOrNothing(configDir: string): Registry {
  const reading = readRegistry(configDir);
  return reading.kind === 'read' ? reading.registry : { repositories: new Map(), patterns: [] };
}

/** Lets hooks through, or gives the reason why not; asks where the repository is to be asked for. */
export async function passGate(firing: Firing, claimant: Claimant, services: HookServices): Promise<{ kind: 'open' } | { kind: 'closed'; reason: string }> {
  const { commonDir } = firing.repository;
  const { tell, exe, notices, confirm } = services;
  const trust = await findTrust(commonDir, services);
  if (trust.mismatch !== undefined && notices.first(`fingerprint ${commonDir}`)) {
    for (const text of [
      `Trust fingerprint mismatch for ${commonDir}`,
      `  Trusted remote: ${trust.mismatch.trusted}`,
      `  Current remote: ${trust.mismatch.current}`,
      `A different repository may now be at this path. Run '${exe} hooks trust' to re-trust.`,
    ]) tell({ type: 'warning', text });
  }
  switch (trust.level) {
    case 'allow':
      return { kind: 'open' };
    case 'prompt':
      if (confirm === undefined) {
        tell({ type: 'warning', text: `Repository trust is set to 'prompt' but no interactive prompt is available — skipping ${firing.hook}.\nRun '${exe} hooks trust' to allow hooks.` });
        return { kind: 'closed', reason: 'No permission callback' };
      }
      return (await confirm(question(firing.hook, claimant))) ? { kind: 'open' } : { kind: 'closed', reason: 'User declined hook execution' };
    case 'deny':
      notices.add({ hook: firing.hook, kind: claimant.kind, names: claimant.names, branch: firing.branch });
      return { kind: 'closed', reason: 'Repository not trusted' };
  }
}

function question(hook: HookName, claimant: Claimant): string {
  return claimant.kind === 'yaml'
    ? `Repository has YAML hook config for '${hook}'. Execute?`
    : `Repository has ${hook} hooks: ${claimant.names.join(', ')}. Execute?`;
}
