import type { CommandByOs, HookDefinition, JobDefinition } from '../config/daft-yml';
import { expandJobs, unnamed } from './expand';
import type { ExpandedJob } from './expand';
import { selectJobs } from './select';
import type { Selection } from './select';

/** A job as it stands in the configuration, for a preview: no templates, no conditions. */
export interface PreviewedJob {
  name: string;
  description: string | undefined;
  os: readonly string[];
  arch: readonly string[];
  what: { kind: 'run'; run: string | CommandByOs } | { kind: 'script'; script: string } | { kind: 'group' } | { kind: 'nothing' };
  needs: readonly string[];
  tags: readonly string[];
}

/** What is wrong with a selection: it names nothing in this hook. */
export function findSelectionFault(jobs: readonly JobDefinition[], hook: string, selection: Selection): string | undefined {
  const expanded = expandJobs(jobs);
  const { job, tags } = selection;
  const named = (one: ExpandedJob) => one.name === job || one.definition.name === job || one.groups.some(({ name }) => name === job);
  if (job !== undefined && !expanded.some(named)) return `No job named '${job}' found in hook '${hook}'`;
  const tagged = expanded.some((one) => (job === undefined || named(one)) && (one.definition.tags ?? []).some((tag) => tags.includes(tag)));
  if (tags.length > 0 && !tagged) return `No jobs matching tags [${tags.map((tag) => JSON.stringify(tag)).join(', ')}] in hook '${hook}'`;
  return undefined;
}

/** The jobs that `hooks run` would look at, in order; a group of which all take part stays one entry. */
export function previewHook(jobs: readonly JobDefinition[], hook: HookDefinition, selection: Selection): PreviewedJob[] {
  const expanded = expandJobs(jobs);
  const selected = selectJobs(expanded, hook, { selection });
  if (selected.kind === 'none') return [];
  const chosen = new Set(selected.jobs);
  const entries = jobs.flatMap((job): JobDefinition[] => {
    if (job.group === undefined) return selected.jobs.filter(({ declared }) => declared === job).map(({ definition }) => definition);
    const members = expanded.filter(({ groups }) => groups[0] === job);
    return members.every((member) => chosen.has(member)) ? [job] : members.filter((member) => chosen.has(member)).map(({ definition }) => definition);
  });
  return entries.toSorted((a, b) => (a.priority ?? 0) - (b.priority ?? 0)).map(preview);
}

function preview(job: JobDefinition): PreviewedJob {
  return {
    name: job.name ?? unnamed,
    description: job.description,
    os: job.os ?? [],
    arch: job.arch ?? [],
    what: whatRuns(job),
    needs: job.needs ?? [],
    tags: job.tags ?? [],
  };
}

function whatRuns(job: JobDefinition): PreviewedJob['what'] {
  if (job.group !== undefined) return { kind: 'group' };
  if (job.run !== undefined) return { kind: 'run', run: job.run };
  if (job.script !== undefined) return { kind: 'script', script: [job.runner, job.script].filter((part) => part !== undefined).join(' ') };
  return { kind: 'nothing' };
}
