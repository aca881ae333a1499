import type { CommandDefinition, DaftYml, HookDefinition, JobDefinition } from '../grammar/schema';

/** Lays one file over another: its values win, jobs are merged by name. */
export function mergeConfigs(base: DaftYml, overlay: DaftYml): DaftYml {
  return {
    ...base,
    ...present(overlay),
    ...((base.log !== undefined || overlay.log !== undefined) && {
      log: { ...base.log, ...present(overlay.log ?? {}), unknownKeys: unite(base.log?.unknownKeys, overlay.log?.unknownKeys) },
    }),
    hooks: mergeHooks(base.hooks ?? {}, overlay.hooks ?? {}),
    unknownKeys: unite(base.unknownKeys, overlay.unknownKeys),
  };
}

/** Replaces the whole definition of one hook, as a file of its own does. */
export function replaceHook(base: DaftYml, hook: string, definition: HookDefinition): DaftYml {
  return { ...base, hooks: { ...base.hooks, [hook]: definition } };
}

type Hooks = Readonly<Record<string, HookDefinition>>;

function mergeHooks(base: Hooks, overlay: Hooks): Record<string, HookDefinition> {
  const merged = { ...base };
  for (const [name, definition] of Object.entries(overlay)) {
    const below = Object.hasOwn(base, name) ? base[name] : undefined;
    merged[name] = below === undefined ? definition : mergeHook(below, definition);
  }
  return merged;
}

function mergeHook(base: HookDefinition, overlay: HookDefinition): HookDefinition {
  const jobs = overlay.jobs === undefined ? base.jobs : mergeJobs(base.jobs ?? [], overlay.jobs);
  return {
    ...base,
    ...present(overlay),
    ...(jobs !== undefined && { jobs }),
    unknownKeys: unite(base.unknownKeys, overlay.unknownKeys),
  };
}

/** A same-named job is replaced whole and keeps its place; all others, and those without a name, are appended. */
function mergeJobs(base: readonly JobDefinition[], overlay: readonly JobDefinition[]): JobDefinition[] {
  const merged = [...base];
  const replaceable = new Set(base.keys());
  for (const job of overlay) {
    const place = [...replaceable].find((index) => job.name !== undefined && base[index]?.name === job.name);
    if (place === undefined) merged.push(job);
    else {
      merged[place] = job;
      replaceable.delete(place);
    }
  }
  return merged;
}

/** All jobs of a hook, with those of the old `commands` spelling behind them. */
export function allJobs(hook: HookDefinition): JobDefinition[] {
  return [...(hook.jobs ?? []), ...Object.entries(hook.commands ?? {}).map(([name, command]) => asJob(name, command))];
}

function asJob(name: string, command: CommandDefinition): JobDefinition {
  return { name, ...command };
}

function present<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Fields>;
}

function unite(base: readonly string[] = [], overlay: readonly string[] = []): string[] {
  return [...new Set([...base, ...overlay])];
}
