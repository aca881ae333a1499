import type { HookDefinition } from '../config/daft-yml';
import { commandFor } from './command';
import type { ExpandedJob } from './expand';

export interface Selection {
  /** Name of a job or group. */
  job?: string | undefined;
  /** Any of them will do. */
  tags: readonly string[];
}

export type Selected = { kind: 'jobs'; jobs: readonly ExpandedJob[] } | { kind: 'none'; reason: string };

/** Which jobs of the hook take part, in the order in which they are preferred (hooks.md 2.2, steps 3 to 6). */
export function selectJobs(
  jobs: readonly ExpandedJob[],
  hook: HookDefinition,
  options: { selection?: Selection | undefined; changed?: ReadonlySet<'path' | 'branch'> | undefined },
): Selected {
  if (jobs.length === 0) return { kind: 'none', reason: 'No jobs defined' };
  const excluded = new Set(hook.exclude_tags);
  const permitted = jobs.filter(({ definition }) => !(definition.tags ?? []).some((tag) => excluded.has(tag)));
  if (permitted.length === 0) return { kind: 'none', reason: 'All jobs excluded by tags' };
  const { selection, changed } = options;
  const chosen = selection === undefined ? permitted : permitted.filter((job) => isChosen(job, selection));
  if (chosen.length === 0) return { kind: 'none', reason: 'No jobs defined' };
  const affected = changed === undefined ? chosen : affectedBy(changed, chosen);
  if (affected.length === 0) return { kind: 'none', reason: 'No jobs match changed attributes' };
  return { kind: 'jobs', jobs: affected.toSorted((a, b) => (a.definition.priority ?? 0) - (b.definition.priority ?? 0)) };
}

function isChosen(job: ExpandedJob, { job: name, tags }: Selection): boolean {
  const named = name === undefined || job.name === name || job.definition.name === name || job.groups.some((group) => group.name === name);
  return named && (tags.length === 0 || (job.definition.tags ?? []).some((tag) => tags.includes(tag)));
}

/** Jobs that track what a move changes, and what these need; those that need them stay out. */
function affectedBy(changed: ReadonlySet<'path' | 'branch'>, jobs: readonly ExpandedJob[]): ExpandedJob[] {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const affected = new Set<string>();
  const pending = jobs.filter((job) => [...trackedBy(job)].some((attribute) => changed.has(attribute)));
  for (let job = pending.pop(); job !== undefined; job = pending.pop()) {
    if (affected.has(job.name)) continue;
    affected.add(job.name);
    pending.push(...job.needs.flatMap((need) => byName.get(need) ?? []));
  }
  return jobs.filter(({ name }) => affected.has(name));
}

/** What a job says it tracks, and what its templates imply. */
function trackedBy({ definition }: ExpandedJob): Set<'path' | 'branch'> {
  const { run, args, env = {}, root, tracks } = definition;
  const commands = run === undefined ? [] : (['linux', 'macos', 'windows'] as const).map((os) => commandFor(run, os) ?? '');
  const text = [...commands, args ?? '', root ?? '', ...Object.values(env)].join('\n');
  return new Set([
    ...(tracks ?? []),
    ...(text.includes('{worktree_path}') ? (['path'] as const) : []),
    ...(/\{(branch|worktree_branch|worktree_slug)\}/.test(text) ? (['branch'] as const) : []),
  ]);
}
