import type { JobDefinition } from '../config/daft-yml';

/** A job of a hook with groups opened up: one that can be scheduled. */
export interface ExpandedJob {
  /** Unique within the hook. */
  name: string;
  /** As it stands in the configuration. */
  declared: JobDefinition;
  /** With what its groups lend it. */
  definition: JobDefinition;
  /** Names of other expanded jobs, those of its groups included. */
  needs: readonly string[];
  /** Jobs whose end it awaits whatever their outcome: earlier members of a sequential group. */
  after: readonly string[];
  /** First of its needs that is declared nowhere in the hook. */
  unknownNeed: string | undefined;
  /** Outermost group, which is one step where jobs run one at a time; null for a plain job. */
  step: string | null;
  /** Groups around it, outermost first: their `os`, `arch`, `skip` and `only` hold for it too. */
  groups: readonly JobDefinition[];
}

/** How a job without a name is shown. */
export const unnamed = '(unnamed)';

interface Leaf {
  declared: JobDefinition;
  definition: JobDefinition;
  groups: readonly JobDefinition[];
  /** By position: members of groups that must have succeeded resp. ended before. */
  predecessors: number[];
  earlier: number[];
  declaredNeeds: readonly string[];
}

/** Opens groups up in place, resolves `needs` to unique names, and gives every job such a name (hooks.md 5.3, 5.4). */
export function expandJobs(jobs: readonly JobDefinition[]): ExpandedJob[] {
  const leaves: Leaf[] = [];
  /** What a name in `needs` means: the last job or group that was declared with it. */
  const meaning = new Map<string, number[]>();

  function open(job: JobDefinition, around: readonly JobDefinition[], predecessors: number[], earlier: number[]): number[] {
    const positions = job.group === undefined ? [leaf(job, around, predecessors, earlier)] : members(job, job.group, around, predecessors, earlier);
    if (job.name !== undefined) meaning.set(job.name, positions);
    return positions;
  }

  function leaf(job: JobDefinition, around: readonly JobDefinition[], predecessors: number[], earlier: number[]): number {
    const declaredNeeds = [...around.flatMap((group) => group.needs ?? []), ...(job.needs ?? [])];
    return leaves.push({ declared: job, definition: withDefaults(job, around), groups: around, predecessors, earlier, declaredNeeds }) - 1;
  }

  function members(
    job: JobDefinition,
    group: NonNullable<JobDefinition['group']>,
    around: readonly JobDefinition[],
    predecessors: number[],
    earlier: number[],
  ): number[] {
    const positions: number[] = [];
    for (const member of group.jobs ?? []) {
      // All members before, not just the last: it may be skipped, and the order among the others still holds.
      const before = [...positions];
      const needed = group.piped === true ? [...predecessors, ...before] : predecessors;
      const awaited = group.piped !== true && group.parallel === false ? [...earlier, ...before] : earlier;
      positions.push(...open(member, [...around, job], needed, awaited));
    }
    return positions;
  }

  const steps: (string | null)[] = [];
  for (const [index, job] of jobs.entries()) {
    open(job, [], [], []);
    while (steps.length < leaves.length) steps.push(job.group === undefined ? null : `group ${index}`);
  }

  const names = uniqueNames(leaves.map(({ definition }) => definition.name ?? unnamed));
  return leaves.map((leaf, index) => {
    const declared = leaf.declaredNeeds.flatMap((need) => meaning.get(need) ?? []);
    return {
      name: names[index]!,
      declared: leaf.declared,
      definition: leaf.definition,
      needs: [...new Set([...declared, ...leaf.predecessors])].map((position) => names[position]!),
      after: [...new Set(leaf.earlier)].map((position) => names[position]!),
      unknownNeed: leaf.declaredNeeds.find((need) => !meaning.has(need)),
      step: steps[index] ?? null,
      groups: leaf.groups,
    };
  });
}

/** `env`, `root`, `tags`, `background` and `priority` of the groups around, the nearest first, where the job is silent. */
function withDefaults(job: JobDefinition, around: readonly JobDefinition[]): JobDefinition {
  return around.reduceRight<JobDefinition>((inner, { env, root, tags, background, priority }) => {
    const defaults = Object.fromEntries(
      Object.entries({ root, tags, background, priority }).filter(([, value]) => value !== undefined),
    );
    return { ...defaults, ...inner, ...(env !== undefined && { env: { ...env, ...inner.env } }) };
  }, job);
}

/** Later holders of a name get `-2`, `-3`, ... appended, past names that others hold already. */
export function uniqueNames(names: readonly string[]): string[] {
  const declared = new Set(names);
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let holder = 2; taken.has(unique) || (unique !== name && declared.has(unique)); holder++) unique = `${name}-${holder}`;
    taken.add(unique);
    return unique;
  });
}
