/** What is wrong or doubtful in a configuration. A door of its own, because it takes yaml and zod along. */

import { parseCount, parseDuration, parseSize } from '../../config';
import type { Quantity } from '../../config';
import { allJobs } from '../../config/daft-yml';
import type { Annotated, Condition, ConfigLayer, DaftYml, HookDefinition, JobDefinition, LogSettings } from '../../config/daft-yml';
import { knownKeys } from '../../config/grammar';
import { expandJobs } from '../expand';
import { findGraphFault } from '../schedule';
import { hookNames } from '../types';

export interface Finding {
  severity: 'error' | 'warning';
  path: string;
  message: string;
}

/** What the caller knows better: which of the known words somebody meant. */
export type Suggest = (word: string, known: readonly string[]) => string | undefined;

/** A finding, and the file it came in with. */
export type LayeredFinding = Finding & { file: string };

/** Findings of a configuration that is made of several files. What a later file cures is none. */
export function validateLayers(
  { main, above }: { main: ConfigLayer; above: readonly ConfigLayer[] },
  options: { version: string; suggest: Suggest },
): LayeredFinding[] {
  const said = [main, ...above].map(({ merged }) => validateConfig(merged, options));
  const known = said.map((findings) => new Set(findings.map(identity)));
  return said.at(-1)!.map((finding) => {
    const lastWithout = known.findLastIndex((findings) => !findings.has(identity(finding)));
    return { ...finding, file: (above[lastWithout] ?? main).file };
  });
}

function identity({ severity, path, message }: Finding): string {
  return JSON.stringify([severity, path, message]);
}

/** Everything that is wrong or doubtful in a merged configuration, in the order of its declaration (hooks.md 6). */
export function validateConfig(config: DaftYml, { version, suggest }: { version: string; suggest: Suggest }): Finding[] {
  const findings: Finding[] = [];
  const error = (path: string, message: string) => void findings.push({ severity: 'error', path, message });
  const warn = (path: string, message: string) => void findings.push({ severity: 'warning', path, message });

  function unknownKeys(path: string, { unknownKeys: keys }: Annotated, known: readonly string[]): void {
    for (const key of keys) warn(path, unknown('key', key, known));
  }

  function unknown(kind: 'key' | 'hook', word: string, known: readonly string[]): string {
    const meant = (kind === 'hook' ? shortNameOf(word) : undefined) ?? suggest(word, known);
    return `Unknown ${kind} '${word}'${meant === undefined ? '' : `; did you mean '${meant}'?`}`;
  }

  function conditions(path: string, { skip, only }: { skip?: Condition | undefined; only?: Condition | undefined }): void {
    if (skip !== undefined) condition(`${path}.skip`, skip);
    if (only !== undefined) condition(`${path}.only`, only);
  }

  function condition(path: string, given: Condition): void {
    if (typeof given !== 'object') return;
    if (!Array.isArray(given)) {
      unknownKeys(path, given, knownKeys.os);
      for (const os of ['macos', 'linux', 'windows'] as const) if (given[os] !== undefined) condition(`${path}.${os}`, given[os]);
      return;
    }
    for (const rule of given) {
      if (typeof rule !== 'string') unknownKeys(path, rule, knownKeys.rule);
      else if (rule !== 'merge' && rule !== 'rebase') {
        const meant = suggest(rule, ['merge', 'rebase']);
        warn(path, `Unknown condition '${rule}'${meant === undefined ? '' : `; did you mean '${meant}'?`}`);
      }
    }
  }

  function log(path: string, given: LogSettings | undefined, scope: 'repository' | 'job'): void {
    if (given === undefined) return;
    const check = <Field extends keyof LogSettings>(field: Field, parse: (value: NonNullable<LogSettings[Field]>) => Quantity) => {
      const value = given[field];
      const parsed = value === undefined ? undefined : parse(value);
      if (parsed?.kind === 'invalid') warn(scope === 'job' ? path : `${path}.${field}`, parsed.message);
    };
    check('retention', parseDuration);
    check('max_log_size', parseSize);
    check('max_total_size', parseSize);
    check('keep_last', parseCount);
    check('stale_running_after', parseDuration);
    for (const field of ['max_total_size', 'keep_last', 'stale_running_after'] as const) {
      if (scope === 'job' && given[field] !== undefined) warn(path, `${field} belongs at the top level: it applies to the whole repository`);
    }
    unknownKeys(scope === 'job' ? `${path}.log` : path, given, knownKeys.log);
  }

  function hookFindings(name: string, hook: HookDefinition): void {
    const path = `hooks.${name}`;
    if ([hook.parallel, hook.piped, hook.follow].filter((mode) => mode === true).length > 1) {
      error(path, 'Only one of parallel, piped, or follow can be true');
    }
    if (hook.jobs !== undefined && hook.commands !== undefined) warn(path, "Both 'jobs' and 'commands' are set; 'commands' will be merged into 'jobs'");
    if (hook.jobs === undefined && hook.commands === undefined) {
      warn(path, `'${name}' defines no jobs or commands, so it runs nothing; its presence also keeps script hooks of that name from running`);
    }
    unknownKeys(path, hook, knownKeys.hook);
    conditions(path, hook);

    const jobs = allJobs(hook);
    const declared = namesIn(jobs);
    for (const duplicate of new Set(declared.filter((job, index) => declared.indexOf(job) < index))) warn(path, `Duplicate job name: ${duplicate}`);
    const around = { inherited: hook.background ?? false, known: new Set(declared) };
    const ownJobs = hook.jobs?.length ?? 0;
    for (const [index, job] of jobs.entries()) jobFindings(`${path}.jobs`, index, job, { ...around, keys: index < ownJobs ? knownKeys.job : knownKeys.command });

    const expanded = expandJobs(jobs);
    const graph = expanded.map(({ name: job, needs, after }) => ({ name: job, needs: [...needs, ...after] }));
    const fault = findGraphFault(graph);
    if (fault?.kind === 'cycle') error(path, `Dependency cycle detected: ${fault.path.join(' -> ')}`);
    const background = new Map(expanded.map((job) => [job.name, (job.definition.background ?? hook.background ?? false) && job.definition.interactive !== true]));
    for (const { name: job, definition, needs } of expanded) {
      if (background.get(job) === true) continue;
      for (const need of needs) {
        if (background.get(need) === true) warn(`${path}.jobs`, `Background job '${need}' will be promoted to foreground (required by '${definition.name ?? '<unnamed>'}')`);
      }
    }
  }

  function jobFindings(
    within: string,
    index: number,
    job: JobDefinition,
    around: { inherited: boolean; known: ReadonlySet<string>; keys: readonly string[] },
  ): void {
    const path = `${within}[${job.name ?? index}]`;
    const shown = job.name ?? '<unnamed>';
    const background = job.background ?? around.inherited;
    if (job.group !== undefined && (job.run !== undefined || job.script !== undefined)) error(path, "'group' cannot be combined with 'run' or 'script'");
    if (job.run !== undefined && job.script !== undefined) error(path, "'run' and 'script' are mutually exclusive");
    if (job.run === undefined && job.script === undefined && job.group === undefined) error(path, "Job must have 'run', 'script', or 'group'");
    if ((job.needs ?? []).length > 0 && job.name === undefined) error(path, "Job with 'needs' must have a 'name'");
    for (const need of job.needs ?? []) if (!around.known.has(need)) error(path, `Unknown dependency in 'needs': '${need}'`);
    if (job.script !== undefined && job.runner === undefined) warn(path, "'script' without 'runner' will use the script's shebang line");
    if (job.interactive === true && background) {
      warn(path, `Job '${shown}' is marked as both interactive and background; interactive jobs require a terminal and will be promoted to foreground`);
    }
    if (job.background_output !== undefined && !background && job.group === undefined) {
      warn(path, `Job '${shown}' has background_output set but is a foreground job; background_output only applies to background jobs`);
    }
    if (job.timeout !== undefined) {
      const timeout = parseDuration(job.timeout);
      if (timeout.kind === 'invalid') warn(path, timeout.message);
    }
    log(path, job.log, 'job');
    for (const message of idleFields(job)) warn(path, message);
    for (const key of job.unknownKeys) warn(path, knownKeys.job.includes(key) ? `Unknown key '${key}' under 'commands'; jobs may have it` : unknown('key', key, around.keys));
    if (job.run !== undefined && typeof job.run !== 'string') unknownKeys(`${path}.run`, job.run, knownKeys.os);
    conditions(path, job);
    if (job.group !== undefined) {
      const { group } = job;
      if (group.parallel === true && group.piped === true) error(`${path}.group`, 'Only one of parallel or piped can be true in a group');
      if ((group.jobs ?? []).length === 0) warn(`${path}.group`, 'Group has no jobs');
      unknownKeys(`${path}.group`, group, knownKeys.group);
      for (const [position, member] of (group.jobs ?? []).entries()) {
        jobFindings(`${path}.group.jobs`, position, member, { ...around, inherited: background });
      }
    }
  }

  if (config.min_version !== undefined && isOlder(version, config.min_version)) {
    error('min_version', `Config requires daft >= ${config.min_version}, but current version is ${version}`);
  }
  unknownKeys('daft.yml', config, knownKeys.config);
  log('log', config.log, 'repository');
  for (const [index, line] of (config.copy ?? []).entries()) {
    if (line.split('/').some((name) => name === '.' || name === '..')) warn(`copy[${index}]`, `'${line}' matches nothing: lines begin at the root of the worktree, without '.' or '..'`);
  }
  for (const [name, hook] of Object.entries(config.hooks ?? {})) {
    if (!hookNames.some((known) => known === name)) warn(`hooks.${name}`, unknown('hook', name, hookNames));
    hookFindings(name, hook);
  }
  return findings;
}

/** Fields that stand where nothing looks at them: what is silently ignored is the worst of mistakes. */
function idleFields(job: JobDefinition): string[] {
  if (job.group !== undefined) {
    const own = ['args', 'runner', 'interactive', 'timeout', 'fail_text', 'tracks', 'background_output', 'log'] as const;
    return own.filter((field) => job[field] !== undefined).map((field) => `'${field}' has no effect on a group; set it on its jobs`);
  }
  if (job.script !== undefined) return [];
  return (['runner', 'args'] as const).filter((field) => job[field] !== undefined).map((field) => `'${field}' has no effect without 'script'`);
}

/** `post-create` and `postCreate`, as scripts and git config keys were called, for `worktree-post-create`. */
function shortNameOf(word: string): string | undefined {
  const dashed = word.replace(/([a-z])([A-Z])/g, '$1-$2').replaceAll('_', '-').toLowerCase();
  return hookNames.find((hook) => hook === dashed || hook === `worktree-${dashed}`);
}

function namesIn(jobs: readonly JobDefinition[]): string[] {
  return jobs.flatMap((job) => [...(job.name === undefined ? [] : [job.name]), ...namesIn(job.group?.jobs ?? [])]);
}

/** `major.minor[.patch]` by numbers; what cannot be parsed is never older. */
function isOlder(version: string, required: string): boolean {
  const [has, wants] = [parseVersion(version), parseVersion(required)];
  if (has === undefined || wants === undefined) return false;
  const difference = has.map((part, index) => part - wants[index]!).find((part) => part !== 0);
  return difference !== undefined && difference < 0;
}

function parseVersion(text: string): readonly [number, number, number] | undefined {
  const parts = /^v?(\d+)\.(\d+)(?:\.(\d+))?(?:[-+].*)?$/.exec(text.trim());
  return parts === null ? undefined : [Number(parts[1]), Number(parts[2]), Number(parts[3] ?? 0)];
}
