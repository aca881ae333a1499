import * as z from 'zod';

// The document keeps its own words (snake_case) because it is merged, validated and dumped in them; what a hook runs is
// resolved from it into types of the program (src/hooks). Each mapping also tells which of its keys nobody knows: they
// are no error, but `hooks validate` names them.

/** Keys of a mapping that mean nothing to daft. */
export interface Annotated {
  unknownKeys: readonly string[];
}

function mapping<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.looseObject(shape).transform((value) => {
    const unknownKeys: string[] = [];
    const known: Record<string, unknown> = { unknownKeys };
    for (const [key, content] of Object.entries(value)) {
      if (Object.hasOwn(shape, key)) {
        if (content !== undefined) known[key] = content;
      } else unknownKeys.push(key);
    }
    return known as z.output<z.ZodObject<Shape>> & Annotated;
  });
}

const names = z.array(z.string());
const operatingSystem = z.enum(['macos', 'linux', 'windows']);
const architecture = z.enum(['x86_64', 'aarch64']);
/** Unparsable quantities count as unset and are reported, so a bare number must get as far as that. */
const quantity = z.union([z.string(), z.number()]).transform(String);

function oneOrMore<Element extends z.ZodType>(element: Element) {
  return z.union([element, z.array(element)]).transform((value): z.output<Element>[] => (Array.isArray(value) ? value : [value]) as z.output<Element>[]);
}

const log = mapping({
  retention: quantity.optional(),
  max_log_size: quantity.optional(),
  max_total_size: quantity.optional(),
  keep_last: z.int().nonnegative().optional(),
  stale_running_after: quantity.optional(),
});

const ruleMapping = mapping({
  ref: z.string().optional(),
  env: z.string().optional(),
  run: z.string().optional(),
  desc: z.string().optional(),
});
const rule = z.union([z.string(), ruleMapping]);
const rules = z.array(rule);

const osNames = operatingSystem.options;
const rulesByOs = mapping({ macos: rules.optional(), linux: rules.optional(), windows: rules.optional() });

/** `skip` and `only`: a switch, the name of an environment variable, rules, or rules per operating system. */
const condition = z.union([z.boolean(), z.string(), rules, rulesByOs]).superRefine((value, context) => {
  const isMapping = typeof value === 'object' && !Array.isArray(value);
  if (isMapping && !osNames.some((os) => value[os] !== undefined)) {
    context.addIssue({ code: 'custom', message: 'expected true, false, a variable name, a list of rules, or rules per operating system' });
  }
});

const commandText = oneOrMore(z.string()).transform((parts) => parts.join(' && '));
const commandByOs = mapping({ macos: commandText.optional(), linux: commandText.optional(), windows: commandText.optional() });

const jobFields = {
  name: z.string().optional(),
  description: z.string().optional(),
  run: z.union([z.string(), commandByOs]).optional(),
  script: z.string().optional(),
  runner: z.string().optional(),
  args: z.string().optional(),
  root: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
  tags: names.optional(),
  skip: condition.optional(),
  only: condition.optional(),
  os: oneOrMore(operatingSystem).optional(),
  arch: oneOrMore(architecture).optional(),
  needs: names.optional(),
  priority: z.int().optional(),
  interactive: z.boolean().optional(),
  timeout: quantity.optional(),
  fail_text: z.string().optional(),
  tracks: z.array(z.enum(['path', 'branch'])).optional(),
  background: z.boolean().optional(),
  background_output: z.enum(['log', 'silent']).optional(),
  log: log.optional(),
};

type JobFields = z.output<z.ZodObject<typeof jobFields>>;
export type JobDefinition = JobFields & { group?: GroupDefinition | undefined } & Annotated;
export interface GroupDefinition extends Annotated {
  parallel?: boolean | undefined;
  piped?: boolean | undefined;
  jobs?: JobDefinition[] | undefined;
}

const group: z.ZodType<GroupDefinition> = z.lazy(() =>
  mapping({ parallel: z.boolean().optional(), piped: z.boolean().optional(), jobs: z.array(job).optional() }),
);
const job: z.ZodType<JobDefinition> = z.lazy(() => mapping({ ...jobFields, group: group.optional() }));

const command = mapping({
  run: z.string().optional(),
  script: z.string().optional(),
  runner: z.string().optional(),
  tags: names.optional(),
  skip: condition.optional(),
  env: z.record(z.string(), z.string()).optional(),
});

export const hookDefinition = mapping({
  jobs: z.array(job).optional(),
  parallel: z.boolean().optional(),
  piped: z.boolean().optional(),
  follow: z.boolean().optional(),
  background: z.boolean().optional(),
  exclude_tags: names.optional(),
  exclude: names.optional(),
  skip: condition.optional(),
  only: condition.optional(),
  commands: z.record(z.string(), command).optional(),
});

export const daftYml = mapping({
  hooks: z.record(z.string(), hookDefinition).optional(),
  min_version: z.string().optional(),
  rc: z.string().optional(),
  output: z.union([z.boolean(), names]).optional(),
  colors: z.boolean().optional(),
  no_tty: z.boolean().optional(),
  extends: names.optional(),
  source_dir: z.string().optional(),
  source_dir_local: z.string().optional(),
  log: log.optional(),
  layout: z.string().optional(),
  shared: names.optional(),
});

export type OperatingSystem = z.output<typeof operatingSystem>;
export type Architecture = z.output<typeof architecture>;
export type LogSettings = z.output<typeof log>;
export type Rule = z.output<typeof rule>;
export type Condition = z.output<typeof condition>;
export type CommandByOs = z.output<typeof commandByOs>;
export type CommandDefinition = z.output<typeof command>;
export type HookDefinition = z.output<typeof hookDefinition>;
export type DaftYml = z.output<typeof daftYml>;

/** Known keys by place, for suggestions and completion of what a file may say. */
export const knownKeys = {
  config: Object.keys(daftYml.in.shape),
  hook: Object.keys(hookDefinition.in.shape),
  job: [...Object.keys(jobFields), 'group'],
  group: ['parallel', 'piped', 'jobs'],
  command: Object.keys(command.in.shape),
  rule: Object.keys(ruleMapping.in.shape),
  os: [...osNames],
  log: Object.keys(log.in.shape),
} as const;
