/** The records of jobs as they lie on disk, read without daft's own reader: what other programs would see. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const meta = z.looseObject({
  name: z.string(),
  status: z.string(),
  worktree: z.string().optional(),
  hook_type: z.string().optional(),
  command: z.string().optional(),
  exit_code: z.int().nullish(),
  background: z.boolean().optional(),
  pid: z.int().nullish(),
  started_at: z.string(),
  finished_at: z.string().nullish(),
  needs: z.array(z.string()).optional(),
});

export interface StoredJob extends z.infer<typeof meta> {
  invocation: string;
  /** Of the job. */
  directory: string;
  /** Content of `output.log`; undefined if there is none. */
  log: string | undefined;
}

/** All job records below a state directory, of all repositories, by start and name. A pending job has none. */
export function readRecords(state: string): StoredJob[] {
  const jobs = join(state, 'jobs');
  return visibleDirectories(jobs)
    .flatMap((repository) => visibleDirectories(join(jobs, repository)).map((invocation) => join(jobs, repository, invocation)))
    .flatMap((invocation) => visibleDirectories(invocation).map((job) => ({ invocation, directory: join(invocation, job) })))
    .flatMap(({ invocation, directory }) => {
      const text = readIfThere(join(directory, 'meta.json'));
      if (text === undefined) return [];
      const record = meta.parse(JSON.parse(text));
      return [{ ...record, invocation: invocation.replace(/^.*\//, ''), directory, log: readIfThere(join(directory, 'output.log')) }];
    })
    .toSorted((a, b) => a.started_at.localeCompare(b.started_at) || a.name.localeCompare(b.name));
}

function visibleDirectories(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => entry.name);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
