import { availableParallelism } from 'node:os';
import { wakeOrStart } from '../coordinator/client';
import { fault } from '../fault';
import { publishPlan, withdrawPlan } from '../logstore';
import type { Invocation, Store } from '../logstore';
import { bootId, hostName, inheritedDescriptorLimit, runForeground } from '../process';
import type { ForegroundExit } from '../process';
import { planBackground } from './background';
import { createLineSpool } from './line-spool';
import { partition } from './partition';
import { runPart } from './part';
import { createRecorder } from './record';
import type { Recorder } from './record';
import type { Ending } from './schedule';
import { runSideBySide } from './side-by-side';
import type { HookServices } from './services';
import { createTail } from './tail';
import type { HeldBackReason, HookMode, HookPresentation, JobOutcome, ResolvedJob, SkippedJob } from './types';

export interface RunOptions {
  /** As events name it. */
  hook: string;
  mode: HookMode;
  /** Null where history cannot be kept: then everything runs inline. */
  store: Store | null;
  invocation: Invocation | null;
  services: HookServices;
  /** Jobs that conditions took out: recorded and told before the first job starts. */
  skipped?: readonly SkippedJob[];
  presentation?: HookPresentation | undefined;
}

export interface RunSummary {
  failed: boolean;
  /** Of the first failed job in order; -1 if it has none, or nothing failed. */
  firstExitCode: number;
  /** End of what that job wrote to stderr. */
  stderr: string;
  interrupted: boolean;
  /** Jobs that this process ran. */
  foregroundCount: number;
  /** Jobs that the coordinator will run. */
  dispatchedCount: number;
}

/**
 * Runs resolved jobs as one invocation: foreground part, hold-backs, dispatch of the background part or inline mode
 * (jobs.md 5). Used by `fireHook` and by `daft hooks jobs retry`.
 */
export async function runJobs(jobs: readonly ResolvedJob[], options: RunOptions): Promise<RunSummary> {
  const { hook, mode, services, skipped = [] } = options;
  const { tell } = services;
  const startedMs = performance.now();
  const history = historyOf(jobs, options);
  const { foreground, background, promoted } = partition(jobs);

  // A job that has the terminal has it for itself.
  const places = foreground.some(({ interactive }) => interactive) ? 1 : availableParallelism();
  const inline = history === undefined || mustRunInline(services);
  const sideBySide = runSideBySide(foreground, { mode, places }) || (inline && runSideBySide(background, { mode, places: availableParallelism() }));

  for (const { job, because } of promoted) tell({ type: 'job-promoted', job, because });
  tell({ type: 'hook-started', hook, at: services.now(), presentation: options.presentation, sideBySide });
  for (const job of skipped) {
    history?.recorder.skipped(job);
    tell({ type: 'job-skipped', job: job.name, reason: job.reason, by: 'condition' });
  }

  const runner = createRunner(options, history?.recorder);
  const partMode = places === 1 && mode === 'parallel' ? 'sequential' : mode;
  const endings = await runner.run(foreground, { mode: partMode, places });

  const interrupted = services.signal.aborted;
  const { toRun, heldBack } = planBackground(background, endings, { mode, interrupted });
  for (const job of background) {
    const reason = heldBack.get(job.name);
    if (reason !== undefined) runner.holdBack(job, reason, inline ? 'foreground' : 'background');
  }
  const dispatched = inline ? [] : await dispatch(background, { ...options, heldBack, toRun, history });
  const left = toRun.filter(({ name }) => !dispatched.includes(name));
  if (left.length > 0) await runner.run(left, { mode, places: availableParallelism() });

  for (const job of toRun) if (dispatched.includes(job.name)) tell({ type: 'job-backgrounded', job: job.name, description: job.description });
  tell({ type: 'hook-ended', hook, durationMs: performance.now() - startedMs });
  if (dispatched.length > 0) tell({ type: 'dispatched', count: dispatched.length });

  const failure = jobs.map(({ name }) => runner.failures.get(name)).find((found) => found !== undefined);
  return {
    failed: failure !== undefined,
    firstExitCode: failure?.exitCode ?? -1,
    stderr: failure?.stderr ?? '',
    interrupted: interrupted || services.signal.aborted,
    foregroundCount: runner.count(),
    dispatchedCount: dispatched.length,
  };
}

/** `DAFT_NO_BACKGROUND_JOBS` counts even when empty; below a coordinator nothing may start daemons. */
function mustRunInline({ env }: HookServices): boolean {
  return env['DAFT_NO_BACKGROUND_JOBS'] !== undefined || env['DAFT_IS_COORDINATOR'] !== undefined;
}

interface History {
  store: Store;
  invocation: Invocation;
  recorder: Recorder;
}

function historyOf(jobs: readonly ResolvedJob[], { store, invocation, services, skipped = [] }: RunOptions): History | undefined {
  if (store === null || invocation === null) return undefined;
  const recorder = createRecorder(store, invocation, {
    names: [...jobs, ...skipped].map(({ name }) => name),
    now: services.now,
    failed: (job, error) => services.tell({ type: 'note', text: `daft: failed to write job record for '${job}': ${error.message}` }),
  });
  return { store, invocation, recorder };
}

interface Failure {
  exitCode: number;
  stderr: string;
}

interface Runner {
  run(jobs: readonly ResolvedJob[], options: { mode: HookMode; places: number }): Promise<ReadonlyMap<string, Ending>>;
  holdBack(job: ResolvedJob, reason: HeldBackReason, part: 'foreground' | 'background'): void;
  failures: ReadonlyMap<string, Failure>;
  count(): number;
}

/** Runs jobs as children of this process, tells what happens and has it recorded. */
function createRunner({ services }: RunOptions, recorder: Recorder | undefined): Runner {
  const { tell, now, signal } = services;
  const failures = new Map<string, Failure>();
  let count = 0;

  function holdBack(job: ResolvedJob, reason: HeldBackReason, part: 'foreground' | 'background'): void {
    recorder?.heldBack(job, reason, part);
    tell({ type: 'job-skipped', job: job.name, reason, by: 'runner' });
  }

  async function run(job: ResolvedJob): Promise<Ending> {
    count += 1;
    const { name, interactive } = job;
    const timeoutSecs = interactive ? 0 : (job.timeoutSecs ?? services.settings.hooks.timeoutSecs);
    const startedMs = performance.now();
    const recording = recorder?.started(job);
    const stderr = createTail();
    const spool = createLineSpool((lines, stream) => {
      recording?.append(lines);
      if (stream === 'stderr') stderr.append(lines);
      tell({ type: 'job-printed', job: name, chunk: lines, stream });
    });
    tell({ type: 'job-started', job: name, description: job.description, command: job.command, interactive, at: now() });
    const exit = await runForeground({
      command: job.command,
      workingDir: job.workingDir,
      env: environmentOf(services, job),
      interactive,
      timeoutMs: timeoutSecs === 0 ? null : timeoutSecs * 1000,
      signal,
      onOutput(chunk, stream) {
        spool.append(chunk, stream);
        return services.caughtUp();
      },
    });
    spool.end();
    const outcome = outcomeOf(exit, { timeoutSecs, stderrTail: stderr.text() });
    recording?.ended(outcome);
    tell({ type: 'job-ended', job: name, outcome, failText: job.failText, durationMs: performance.now() - startedMs, at: now() });
    const failure = failureOf(outcome, stderr.text());
    if (failure !== undefined) failures.set(name, failure);
    return endingOf(outcome);
  }

  return {
    failures,
    holdBack,
    count: () => count,
    run: (jobs, { mode, places }) =>
      runPart(jobs, { mode, places, signal, run, holdBack: (job, reason) => holdBack(job, reason, 'foreground') }),
  };
}

function unlessEmpty(names: readonly string[] | undefined): readonly string[] | undefined {
  return names === undefined || names.length === 0 ? undefined : names;
}

/** What daft itself was given, without what is meant for daft alone, then the variables of hook and job. */
function environmentOf(services: HookServices, job: ResolvedJob): Record<string, string> {
  return { ...inheritedEnvironment(services), ...job.env };
}

export function inheritedEnvironment({ env }: Pick<HookServices, 'env'>): Record<string, string> {
  const inherited: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && name !== 'DAFT_CD_FILE') inherited[name] = value;
  }
  return inherited;
}

function outcomeOf(exit: ForegroundExit, { timeoutSecs, stderrTail }: { timeoutSecs: number; stderrTail: string }): JobOutcome {
  switch (exit.kind) {
    case 'exited': return exit.exitCode === 0 ? { kind: 'completed' } : { kind: 'failed', exitCode: exit.exitCode, signal: null, stderrTail };
    case 'signalled': return { kind: 'failed', exitCode: exit.exitCode, signal: exit.signal, stderrTail };
    case 'timed-out': return { kind: 'timed-out', afterSecs: timeoutSecs };
    case 'aborted': return { kind: 'cancelled' };
    case 'not-started': return { kind: 'not-started', reason: exit.error.message };
  }
}

function failureOf(outcome: JobOutcome, stderr: string): Failure | undefined {
  switch (outcome.kind) {
    case 'completed': case 'cancelled': return undefined;
    case 'failed': return { exitCode: outcome.signal === null ? outcome.exitCode : -1, stderr };
    case 'timed-out': return { exitCode: -1, stderr };
    case 'not-started': return { exitCode: -1, stderr: outcome.reason };
  }
}

function endingOf(outcome: JobOutcome): Ending {
  switch (outcome.kind) {
    case 'completed': return 'succeeded';
    case 'cancelled': return 'cancelled';
    case 'failed': case 'timed-out': case 'not-started': return 'failed';
  }
}

function warnOfSettings({ settings, tell, notices }: HookServices): void {
  const warn = (key: string, value: string | null, expected: string) => {
    if (value === null || !notices.first(key)) return;
    tell({ type: 'warning', text: `Ignoring invalid git config ${key} "${value}" (expected ${expected})` });
  };
  warn('daft.jobs.maxParallel', settings.invalidJobsMaxParallel, 'a number of jobs, at least 1');
  warn('daft.jobs.logLimit', settings.invalidJobsLogLimit, 'a size such as 500MB');
}

/**
 * Hands the background part over to the coordinator: from the moment the plan is published it will be run, whatever
 * becomes of us.
 *
 * @returns names of the jobs that somebody else answers for; the rest is the caller's
 */
async function dispatch(
  jobs: readonly ResolvedJob[],
  { services, toRun, heldBack, history }: RunOptions & { toRun: readonly ResolvedJob[]; heldBack: ReadonlyMap<string, string>; history: History },
): Promise<readonly string[]> {
  if (toRun.length === 0) return [];
  const { store, invocation, recorder } = history;
  warnOfSettings(services);
  const needsToRun = new Map(toRun.map(({ name, needs, after }) => [name, { needs, after }]));
  const names = toRun.map(({ name }) => name);
  if (DAFT_FAULTS) fault('hook: foreground part ended');
  try {
    publishPlan(
      store,
      invocation,
      {
        dispatchedAt: services.now(),
        boot: bootId(),
        host: hostName(),
        daftVersion: DAFT_VERSION,
        notifyTty: services.stderrTty,
        fdLimit: inheritedDescriptorLimit(),
        umask: process.umask(),
        maxParallel: services.settings.jobsMaxParallel,
        logLimitBytes: services.settings.jobsLogLimitBytes,
        jobs: jobs.map((job) => ({
          name: job.name,
          jobDir: recorder.dirOf(job.name),
          command: job.command,
          workingDir: job.workingDir,
          env: job.env,
          needs: needsToRun.get(job.name)?.needs ?? [],
          after: unlessEmpty(needsToRun.get(job.name)?.after),
          declaredNeeds: job.declaredNeeds,
          backgroundOutput: job.backgroundOutput,
          timeoutSecs: job.timeoutSecs === 0 ? null : job.timeoutSecs,
          retentionSeconds: job.retentionSeconds,
          maxLogSizeBytes: job.maxLogSizeBytes,
          heldBack: heldBack.get(job.name) ?? null,
        })),
      },
      inheritedEnvironment(services),
    );
  } catch (error) { // no space, no permission: the jobs can still run here
    if (!(error instanceof Error)) throw error;
    // One word about a store that cannot be used is enough.
    if (services.notices.first('history')) services.tell({ type: 'warning', text: `Background jobs run in the foreground: ${error.message}` });
    return [];
  }
  const handover = await wakeOrStart(store, services.launcher, invocation.id);
  if (handover.kind !== 'failed') return names;
  services.tell({ type: 'warning', text: `Background jobs run in the foreground: ${handover.error.message}` });
  const { claimed } = withdrawPlan(store, invocation);
  // What could not be claimed has been started by a coordinator after all.
  return names.filter((name) => !claimed.includes(name));
}
