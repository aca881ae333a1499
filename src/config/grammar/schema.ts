import * as z from 'zod';

// The document keeps its own words (snake_case) because it is merged, validated and dumped in them; what a hook runs is
// resolved from it into types of the program (src/hooks). Each mapping also tells which of its keys nobody knows: they
// are no error, but `hooks validate` names them. Descriptions and ids are for the JSON schema that editors read.

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
/** Editors are told which numbers make sense; any other counts as unset and is reported, as a quantity that is none. */
const count = z.number().meta({ type: 'integer', minimum: 0 });

function oneOrMore<Element extends z.ZodType>(element: Element) {
  return z.union([element, z.array(element)]).transform((value): z.output<Element>[] => (Array.isArray(value) ? value : [value]) as z.output<Element>[]);
}

const log = mapping({
  retention: quantity.optional().describe('How long records are kept: 7d, 24h, 5m, 30s.'),
  max_log_size: quantity.optional().describe('What is kept of one log: 10MB, 512KB, 1024.'),
  max_total_size: quantity.optional().describe('What is kept of all logs of the repository; belongs at the top level.'),
  keep_last: count.optional().describe('How many records of a job are kept in any case; belongs at the top level.'),
  stale_running_after: quantity.optional().describe('When a job that nobody answers for counts as crashed; belongs at the top level.'),
}).meta({ id: 'log' });

const ruleMapping = mapping({
  ref: z.string().optional().describe('The current branch; * stands for any run of characters.'),
  env: z.string().optional().describe('A variable that is set to anything but 0 or false.'),
  run: z.string().optional().describe('A command that exits with 0.'),
  desc: z.string().optional().describe('Shown as the reason, instead of the rule itself.'),
});
const rule = z.union([z.string(), ruleMapping]);
const rules = z.array(rule).meta({ id: 'rules' });

const osNames = operatingSystem.options;
const rulesByOs = mapping({ macos: rules.optional(), linux: rules.optional(), windows: rules.optional() });

/** `skip` and `only`: a switch, the name of an environment variable, rules, or rules per operating system. */
const condition = z.union([z.boolean(), z.string(), rules, rulesByOs]).superRefine((value, context) => {
  const isMapping = typeof value === 'object' && !Array.isArray(value);
  if (isMapping && !osNames.some((os) => value[os] !== undefined)) {
    context.addIssue({ code: 'custom', message: 'expected true, false, a variable name, a list of rules, or rules per operating system' });
  }
}).meta({ id: 'condition' });

const commandText = oneOrMore(z.string()).transform((parts) => parts.join(' && '));
const commandByOs = mapping({ macos: commandText.optional(), linux: commandText.optional(), windows: commandText.optional() });

const jobFields = {
  name: z.string().optional().describe('What `needs`, merging and logs call it.'),
  description: z.string().optional().describe('Shown with the job.'),
  run: z.union([z.string(), commandByOs]).optional().describe('Shell command, or one per operating system.'),
  script: z.string().optional().describe('A file below source_dir.'),
  runner: z.string().optional().describe('Interpreter of the script.'),
  args: z.string().optional().describe('Appended to the script, unquoted.'),
  root: z.string().optional().describe('Working directory, relative to that of the hook.'),
  env: z.record(z.string(), z.string()).optional().describe('Additional variables; values are templates.'),
  tags: names.optional().describe('For exclude_tags, and for `daft hooks run --tag`.'),
  skip: condition.optional().describe('When the job is left out: any match will do.'),
  only: condition.optional().describe('When the job runs: everything must match.'),
  os: oneOrMore(operatingSystem).optional().describe('Operating systems on which it runs.'),
  arch: oneOrMore(architecture).optional().describe('Architectures on which it runs.'),
  needs: names.optional().describe('Jobs that must have succeeded, or been skipped, before it starts.'),
  priority: z.int().optional().describe('Lower starts first; 0 where nothing is said.'),
  interactive: z.boolean().optional().describe('Has the terminal for itself.'),
  timeout: quantity.optional().describe('How long it may take: 5m, 30s; 0s for as long as it likes.'),
  fail_text: z.string().optional().describe('Printed when it fails.'),
  tracks: z.array(z.enum(['path', 'branch'])).optional().describe('What of a worktree it depends on: it runs again when that changes.'),
  background: z.boolean().optional().describe('Goes on behind the prompt.'),
  background_output: z.enum(['log', 'silent']).optional().describe('silent: no notice of a failure, and the log is kept only then.'),
  log: log.optional().describe('How long its records are kept, and how much of its log.'),
};

type JobFields = z.output<z.ZodObject<typeof jobFields>>;
export type JobDefinition = JobFields & { group?: GroupDefinition | undefined } & Annotated;
export interface GroupDefinition extends Annotated {
  parallel?: boolean | undefined;
  piped?: boolean | undefined;
  jobs?: JobDefinition[] | undefined;
}

const group: z.ZodType<GroupDefinition> = z.lazy(() =>
  mapping({
    parallel: z.boolean().optional().describe('false: one member after the other.'),
    piped: z.boolean().optional().describe('true: each member needs the one before.'),
    jobs: z.array(job).optional().describe('Its members.'),
  }).meta({ id: 'group' }),
);
const job: z.ZodType<JobDefinition> = z.lazy(() => mapping({ ...jobFields, group: group.optional().describe('Jobs that share what is said here.') }).meta({ id: 'job' }));

const command = mapping({
  run: z.string().optional(),
  script: z.string().optional(),
  runner: z.string().optional(),
  tags: names.optional(),
  skip: condition.optional(),
  env: z.record(z.string(), z.string()).optional(),
});

export const hookDefinition = mapping({
  jobs: z.array(job).optional().describe('What runs.'),
  parallel: z.boolean().optional().describe('false: one after the other, going on after a failure.'),
  piped: z.boolean().optional().describe('One after the other, up to the first failure.'),
  follow: z.boolean().optional().describe('One after the other, going on after a failure.'),
  background: z.boolean().optional().describe('For jobs that do not say it themselves.'),
  fail_mode: z.enum(['abort', 'warn']).optional().describe('What a failure does, unless git config says otherwise.'),
  exclude_tags: names.optional().describe('Jobs with any of these tags are left out.'),
  exclude: names.optional().describe('Reserved.'),
  skip: condition.optional().describe('When the hook is left out: any match will do.'),
  only: condition.optional().describe('When the hook runs: everything must match.'),
  commands: z.record(z.string(), command).optional().describe('Older spelling of jobs, by name.'),
}).meta({ id: 'hook' });

export const daftYml = mapping({
  hooks: z.record(z.string(), hookDefinition).optional().describe('What runs when worktrees come and go.'),
  min_version: z.string().optional().describe('The oldest daft that understands this file.'),
  rc: z.string().optional().describe('Shell file sourced before every command.'),
  output: z.union([z.boolean(), names]).optional().describe('false: no output of jobs is shown; a list: only that of these hooks.'),
  colors: z.boolean().optional().describe('false: hooks are shown without colours.'),
  no_tty: z.boolean().optional().describe('true: hooks are shown line by line even on a terminal.'),
  extends: names.optional().describe('Files laid over this one.'),
  source_dir: z.string().optional().describe('Where scripts are; .daft where nothing is said.'),
  source_dir_local: z.string().optional().describe('Reserved.'),
  log: log.optional().describe('How long records are kept, and how much of the logs.'),
  layout: z.string().optional().describe('Where worktrees go.'),
  shared: names.optional().describe('Files that all worktrees share.'),
  copy: names.optional().describe('Ignored paths that a new worktree gets a copy of; each as a line of .gitignore.'),
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
