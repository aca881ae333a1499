/** What a scenario file may say; unknown keys are errors. `scenarios/README.md` explains each word. */

import * as z from 'zod';

const list = z.union([z.string(), z.array(z.string())]).transform((value) => (typeof value === 'string' ? [value] : value));

const textWords = z.strictObject({ is: z.string(), contains: list, matches: list, absent: list }).partial();
export type TextExpectation = z.infer<typeof textWords>;
/** A plain string is the whole text. */
const text = z.union([z.string().transform((is): TextExpectation => ({ is })), textWords]);

const file = z.union([z.literal('absent'), z.literal('present'), textWords]);
export type FileExpectation = z.infer<typeof file>;

const record = z.strictObject({
  job: z.string(),
  worktree: z.string().optional(),
  status: z.string().optional(),
  exit_code: z.int().nullable().optional(),
  background: z.boolean().optional(),
  log: z.union([z.literal('absent'), text]).optional(),
  count: z.int().optional(),
});
export type RecordExpectation = z.infer<typeof record>;

const world = z.strictObject({
  files: z.record(z.string(), file).optional(),
  worktrees: z.strictObject({ in: z.string(), are: z.record(z.string(), z.string()) }).optional(),
  branches: z.strictObject({ in: z.string(), are: z.array(z.string()) }).optional(),
  records: z.array(record).optional(),
  processes: z.record(z.string(), z.int()).optional(),
});
export type WorldExpectation = z.infer<typeof world>;

const duration = z
  .string()
  .regex(/^\d+s$/, 'a duration looks like 10s')
  .transform((value) => Number(value.slice(0, -1)) * 1000);

const runStep = z.strictObject({
  run: z.string(),
  in: z.string().default('.'),
  env: z.record(z.string(), z.string().nullable()).default({}),
  stdin: z.string().optional(),
  terminal: z.boolean().default(false),
  within: duration.default(30_000),
  expect: z
    .strictObject({ exit: z.int().default(0), stdout: text.optional(), stderr: text.optional(), ...world.shape })
    .prefault({}),
});
export type RunStep = z.infer<typeof runStep>;

const waitStep = z.strictObject({ wait: world, within: duration.default(15_000) });
export type WaitStep = z.infer<typeof waitStep>;

const commit = z.strictObject({ message: z.string(), files: z.record(z.string(), z.string()).default({}), executable: z.array(z.string()).default([]) });
const branch = z
  .strictObject({
    from: z.string().optional(),
    files: z.record(z.string(), z.string()).default({}),
    executable: z.array(z.string()).default([]),
    commits: z.array(commit).default([]),
  })
  .transform(({ from, files, executable, commits }) => ({
    ...(from === undefined ? {} : { from }),
    commits: commits.length > 0 && Object.keys(files).length === 0 ? commits : [{ message: 'start', files, executable }, ...commits],
  }));

export const scenarioFile = z.strictObject({
  scenario: z.string(),
  remotes: z.record(z.string(), z.record(z.string(), branch)).default({}),
  files: z.record(z.string(), z.string()).default({}),
  env: z.record(z.string(), z.string()).default({}),
  steps: z.array(z.union([runStep, waitStep])).min(1),
});
export type Scenario = z.infer<typeof scenarioFile>;
