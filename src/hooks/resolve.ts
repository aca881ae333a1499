import { isAbsolute, join } from 'node:path';
import { parseCount, parseDuration, parseSize } from '../config';
import type { Quantity } from '../config';
import type { Architecture, DaftYml, HookDefinition, JobDefinition, LogSettings, OperatingSystem } from '../config/daft-yml';
import type { RepoPolicy } from '../logstore';
import { buildCommand, commandFor, fillTemplate } from './command';
import { findObstacle } from './conditions';
import type { Probes } from './conditions';
import type { ExpandedJob } from './expand';
import { findGraphFault } from './schedule';
import type { HookMode, ResolvedJob, SkippedJob } from './types';

/** How the jobs of a hook follow each other; `follow` is another word for one at a time. */
export function modeOf(hook: HookDefinition): HookMode {
  if (hook.piped === true) return 'piped';
  return hook.follow === true || hook.parallel === false ? 'sequential' : 'parallel';
}

export interface Weeded {
  runnable: readonly ExpandedJob[];
  skipped: readonly SkippedJob[];
}

/** Takes out what this system or a condition does not want, each with its reason (hooks.md 2.2 step 7). */
export async function weedOut(
  jobs: readonly ExpandedJob[],
  options: { hook: HookDefinition; arch: string; probes: Probes },
): Promise<Weeded> {
  const runnable: ExpandedJob[] = [];
  const skipped: SkippedJob[] = [];
  for (const job of jobs) {
    const reason = await skipReason(job, options.arch, options.probes);
    if (reason === undefined) runnable.push(job);
    else skipped.push({ name: job.name, background: isBackground(job.definition, options.hook), reason });
  }
  return { runnable, skipped };
}

async function skipReason(job: ExpandedJob, arch: string, probes: Probes): Promise<string | undefined> {
  const { run } = job.definition;
  for (const place of [...job.groups, job.definition]) {
    if (place === job.definition && run !== undefined && commandFor(run, probes.os) === undefined) return `skip: platform-specific run has no entry for ${probes.os}`;
    const reason = elsewhere(place, probes.os, arch) ?? (await findObstacle(place, probes));
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function elsewhere(job: { os?: readonly OperatingSystem[] | undefined; arch?: readonly Architecture[] | undefined }, os: string, arch: string): string | undefined {
  return mismatch(job.os, os) ?? mismatch(job.arch, arch);
}

function mismatch(wanted: readonly string[] | undefined, current: string): string | undefined {
  return wanted === undefined || wanted.includes(current) ? undefined : `not on ${wanted.join('/')} (current: ${current})`;
}

function isBackground(job: JobDefinition, hook: HookDefinition): boolean {
  return job.background ?? hook.background ?? false;
}

export interface ResolveContext {
  hookName: string;
  hook: HookDefinition;
  config: DaftYml;
  os: OperatingSystem;
  /** Absolute: where the hook works. */
  hookDir: string;
  /** Variables of the hook, without the jobs' own. */
  variables: Readonly<Record<string, string>>;
  templateValues: Readonly<Record<string, string>>;
  skipped: readonly SkippedJob[];
}

export type Resolution =
  | { kind: 'resolved'; jobs: readonly ResolvedJob[]; policy: RepoPolicy; warnings: readonly string[] }
  /** Nothing may start: the hook fails with this message. */
  | { kind: 'fault'; message: string };

/** Makes jobs ready to run, or tells what is wrong with them as a whole. */
export function resolveJobs(runnable: readonly ExpandedJob[], context: ResolveContext): Resolution {
  const warnings: string[] = [];
  const warn = (where: string, quantity: Quantity): number | null => {
    if (quantity.kind === 'valid') return quantity.value;
    warnings.push(`${where}: ${quantity.message}`);
    return null;
  };
  const topLevel = readLog(context.config.log, 'log', warn);
  const logs = runnable.map(({ name, definition }) => readLog(definition.log, jobPath(context.hookName, name, 'log'), warn));
  const policy = policyOf(logs.length === 0 ? [topLevel] : logs.map((log) => overlay(log, topLevel)));

  const names = new Set(runnable.map(({ name }) => name));
  const skippedNames = new Set(context.skipped.map(({ name }) => name));
  const jobs: ResolvedJob[] = [];
  for (const [index, { name, definition, needs, after, step, unknownNeed }] of runnable.entries()) {
    if (unknownNeed !== undefined) return { kind: 'fault', message: `node '${name}' depends on '${unknownNeed}', which does not exist` };
    if (definition.run !== undefined && definition.script !== undefined) return fault(context.hookName, name, `'run' and 'script' are mutually exclusive`);
    const values = { ...context.templateValues, job_name: name };
    const command = buildCommand(definition, {
      os: context.os,
      hookDir: context.hookDir,
      sourceDir: context.config.source_dir ?? '.daft',
      rc: context.config.rc,
      values,
    });
    if (command === undefined) return fault(context.hookName, name, `Job must have 'run', 'script', or 'group'`);
    const log = overlay(logs[index]!, topLevel);
    jobs.push({
      name,
      description: definition.description ?? null,
      command,
      workingDir: inDirectory(context.hookDir, definition.root === undefined ? undefined : fillTemplate(definition.root, values)),
      env: { ...context.variables, ...filled(definition.env, values) },
      needs: needs.filter((need) => names.has(need)),
      declaredNeeds: needs.filter((need) => !skippedNames.has(need)),
      after: after.filter((earlier) => names.has(earlier)),
      step,
      background: isBackground(definition, context.hook),
      interactive: definition.interactive ?? false,
      backgroundOutput: definition.background_output ?? 'log',
      timeoutSecs: definition.timeout === undefined ? null : warn(jobPath(context.hookName, name, 'timeout'), parseDuration(definition.timeout)),
      failText: definition.fail_text ?? null,
      retentionSeconds: log.retention,
      maxLogSizeBytes: log.maxLogSize,
    });
  }
  // What a job awaits can close a circle as well as what it needs.
  const edges = jobs.map(({ name, needs, after = [] }) => ({ name, needs: [...new Set([...needs, ...after])] }));
  if (findGraphFault(edges) !== undefined) return { kind: 'fault', message: 'dependency graph contains a cycle' };
  return { kind: 'resolved', jobs, policy, warnings };
}

function fault(hook: string, job: string, problem: string): Resolution {
  return { kind: 'fault', message: `${jobPath(hook, job)}: ${problem}` };
}

function jobPath(hook: string, job: string, field?: string): string {
  return `hooks.${hook}.jobs[${job}]${field === undefined ? '' : `.${field}`}`;
}

function filled(env: JobDefinition['env'], values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env ?? {}).map(([variable, text]) => [variable, fillTemplate(text, values)]));
}

function inDirectory(base: string, root: string | undefined): string {
  if (root === undefined) return base;
  return isAbsolute(root) ? root : join(base, root);
}

interface LogValues {
  retention: number | null;
  maxLogSize: number | null;
  maxTotalSize: number | null;
  keepLast: number | null;
  staleRunningAfter: number | null;
}

function readLog(log: LogSettings | undefined, where: string, warn: (where: string, quantity: Quantity) => number | null): LogValues {
  const read = <Field extends keyof LogSettings>(field: Field, parse: (value: NonNullable<LogSettings[Field]>) => Quantity) => {
    const value = log?.[field];
    return value === undefined ? null : warn(`${where}.${field}`, parse(value));
  };
  return {
    retention: read('retention', parseDuration),
    maxLogSize: read('max_log_size', parseSize),
    maxTotalSize: read('max_total_size', parseSize),
    keepLast: read('keep_last', parseCount),
    staleRunningAfter: read('stale_running_after', parseDuration),
  };
}

function overlay(own: LogValues, below: LogValues): LogValues {
  return {
    retention: own.retention ?? below.retention,
    maxLogSize: own.maxLogSize ?? below.maxLogSize,
    maxTotalSize: own.maxTotalSize ?? below.maxTotalSize,
    keepLast: own.keepLast ?? below.keepLast,
    staleRunningAfter: own.staleRunningAfter ?? below.staleRunningAfter,
  };
}

/** What holds for the whole repository: of the jobs in order, the first that says something. */
function policyOf(logs: readonly LogValues[]): RepoPolicy {
  const first = (field: 'maxTotalSize' | 'keepLast' | 'staleRunningAfter') =>
    logs.map((log) => log[field]).find((value) => value !== null) ?? null;
  return {
    maxTotalSizeBytes: first('maxTotalSize'),
    keepLast: first('keepLast'),
    staleRunningAfterSeconds: first('staleRunningAfter'),
  };
}
