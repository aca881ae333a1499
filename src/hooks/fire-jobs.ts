import type { FailMode } from '../config';
import { allJobs } from '../config/daft-yml';
import type { DaftYml, HookDefinition } from '../config/daft-yml';
import { createInvocation, ensureRepoId, mergePolicy, openStore } from '../logstore';
import type { Invocation, Store } from '../logstore';
import { quoteIfNeeded } from '../process';
import { findObstacle } from './conditions';
import { disabledReason } from './enabled';
import { expandJobs, uniqueNames } from './expand';
import { hookVariables, templateValues } from './firing';
import type { Firing } from './firing';
import { passGate } from './gate';
import { hookDirectory } from './place';
import { createProbes, currentArch } from './probes';
import { modeOf, resolveJobs, weedOut } from './resolve';
import { runJobs } from './run';
import type { RunSummary } from './run';
import type { HookScript } from './scripts';
import { selectJobs } from './select';
import type { Selection } from './select';
import type { HookServices } from './services';
import type { HookName, HookResult, ResolvedJob, SkippedJob } from './types';

const defaultFailModes: Readonly<Record<HookName, FailMode>> = {
  'post-clone': 'warn',
  'worktree-pre-create': 'abort',
  'worktree-post-create': 'warn',
  'worktree-pre-remove': 'warn',
  'worktree-post-remove': 'warn',
};

/**
 * Runs a hook of a loaded configuration, whoever has decided that it may: conditions, record, filters, jobs (hooks.md 2.2).
 */
export async function fireDefinition(
  firing: Firing,
  { config, definition, services, selection }: { config: DaftYml; definition: HookDefinition; services: HookServices; selection?: Selection | undefined },
): Promise<HookResult> {
  const { hook } = firing;
  const { tell, settings } = services;
  const disabled = disabledReason(hook, services);
  if (disabled !== undefined) return { kind: 'skipped', reason: disabled };
  warnOfFailMode(hook, services);
  const hookDir = hookDirectory(firing);
  const variables = hookVariables(firing, settings.remote);
  const probes = createProbes(hookDir, variables, services);
  const obstacle = await findObstacle(definition, probes);
  // A condition whose command was stopped has not been answered.
  if (services.signal.aborted) return { kind: 'interrupted' };
  if (obstacle !== undefined) {
    if (services.verbose) tell({ type: 'note', text: `Skipping ${hook}: ${obstacle}` });
    return { kind: 'skipped', reason: obstacle };
  }

  const history = openHistory(firing, services);
  const selected = selectJobs(expandJobs(allJobs(definition)), definition, { selection, changed: firing.move?.changed });
  if (selected.kind === 'none') return { kind: 'skipped', reason: selected.reason };

  const { runnable, skipped } = await weedOut(selected.jobs, { hook: definition, arch: currentArch(), probes });
  if (services.signal.aborted) return { kind: 'interrupted' };
  const resolution = resolveJobs(runnable, {
    hookName: hook,
    hook: definition,
    config,
    os: probes.os,
    hookDir,
    variables,
    templateValues: templateValues(firing, settings.remote),
    skipped,
  });
  if (resolution.kind === 'fault') {
    if (skipped.length > 0) await run([], skipped);
    return { kind: 'failed', exitCode: -1, stderr: resolution.message, mode: failModeOf(hook, services, definition) };
  }
  for (const text of resolution.warnings) tell({ type: 'warning', text });
  history?.keepPolicy(() => mergePolicy(history.store, resolution.policy, (text) => tell({ type: 'note', text })));
  const summary = await run(resolution.jobs, skipped);
  return resolution.jobs.length === 0 ? { kind: 'skipped', reason: 'All jobs skipped' } : resultOf(summary, failModeOf(hook, services, definition));

  function run(jobs: readonly ResolvedJob[], skippedJobs: readonly SkippedJob[]): Promise<RunSummary> {
    return runJobs(jobs, {
      hook,
      mode: modeOf(definition),
      store: history?.store ?? null,
      invocation: history?.invocation ?? null,
      services,
      skipped: skippedJobs,
      presentation: {
        quiet: config.output === false || (Array.isArray(config.output) && !config.output.includes(hook)),
        plain: config.no_tty === true,
        colourless: config.colors === false,
      },
    });
  }
}

function resultOf(summary: RunSummary, mode: FailMode): HookResult {
  if (summary.interrupted) return { kind: 'interrupted' };
  if (!summary.failed) return { kind: 'succeeded' };
  return { kind: 'failed', exitCode: summary.firstExitCode, stderr: summary.stderr, mode };
}

/** The user's git config has the last word over what the repository wishes. */
function failModeOf(hook: HookName, { settings }: HookServices, definition?: HookDefinition): FailMode {
  return settings.hooks.perHook[hook].failMode ?? definition?.fail_mode ?? defaultFailModes[hook];
}

function warnOfFailMode(hook: HookName, { settings, tell, notices }: HookServices): void {
  const { invalidFailMode } = settings.hooks.perHook[hook];
  if (invalidFailMode === null || !notices.first(`fail mode ${hook}`)) return;
  tell({ type: 'warning', text: `Ignoring invalid git config failMode "${invalidFailMode}" (expected "abort" or "warn")` });
}

interface History {
  store: Store;
  invocation: Invocation;
  keepPolicy(write: () => void): void;
}

/** The record of this firing. Recording never decides whether a hook runs: where it cannot be kept, one warning says so. */
function openHistory(firing: Firing, services: HookServices): History | undefined {
  const { tell, directories, now, notices } = services;
  const unless = (attempt: () => void) => {
    try {
      attempt();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      complain(error);
    }
  };
  const complain = (error: Error) => {
    if (notices.first('history')) tell({ type: 'warning', text: `Job history is not recorded: ${error.message}` });
  };
  try {
    const store = openStore(directories.state, ensureRepoId(firing.repository.commonDir));
    const invocation = createInvocation(store, {
      trigger: firing.command === 'hooks-run' ? `hooks run ${firing.hook}` : firing.hook,
      hookType: firing.hook,
      worktree: firing.worktreeLabel,
      createdAt: now(),
    });
    return { store, invocation, keepPolicy: unless };
  } catch (error) { // unwritable, full, a corrupt identity: whatever it is, the jobs run
    if (!(error instanceof Error)) throw error;
    complain(error);
    return undefined;
  }
}

/** Runs the executable files of a hook: the project's behind the trust gate, then the user's own (hooks.md 12). */
export async function fireScripts(
  firing: Firing,
  { project, user }: { project: HookScript | undefined; user: HookScript | undefined },
  services: HookServices,
): Promise<HookResult> {
  const { hook } = firing;
  const { settings } = services;
  warnOfFailMode(hook, services);

  const gate = project === undefined ? undefined : await passGate(firing, { kind: 'scripts', names: [project.name] }, services);
  const scripts = [...(gate?.kind === 'open' ? [project] : []), user].filter((script) => script !== undefined);
  if (scripts.length === 0) return { kind: 'skipped', reason: gate?.kind === 'closed' ? gate.reason : 'No hook files found' };

  const variables = hookVariables(firing, settings.remote);
  const names = uniqueNames(scripts.map(({ name }) => name));
  const summary = await runJobs(
    scripts.map(({ path }, index): ResolvedJob => ({
      name: names[index]!,
      description: null,
      command: quoteIfNeeded(path),
      workingDir: hookDirectory(firing),
      env: variables,
      needs: [],
      declaredNeeds: [],
      background: false,
      interactive: false,
      backgroundOutput: 'log',
      timeoutSecs: null,
      failText: null,
      retentionSeconds: null,
      maxLogSizeBytes: null,
    })),
    { hook, mode: 'piped', store: null, invocation: null, services },
  );
  return resultOf(summary, failModeOf(hook, services));
}
