import type { Stats } from 'node:fs';
import { asDate, asInteger, asText, parseFields } from './fields';
import { knownStatus } from './record-file';
import type { IndexRow, Invocation, InvocationId, JobRecord } from './types';

/**
 * One line of `.index.jsonl`: the row of jobs.md 10, the directory of the job, and what the file it was taken from looked
 * like. Every invocation has one line with null job fields, written at its birth and before those of its jobs: in the
 * order of these lines lies the order of invocations.
 */
export function formatRow(invocation: Invocation, job: { dir: string; record: JobRecord; logSizeBytes: number | null } | null, seen: string): string {
  const { id, worktree, hookType, trigger, createdAt } = invocation;
  const record = job?.record;
  const finishedAt = record?.finishedAt ?? null;
  const line = JSON.stringify({
    invocation_id: id,
    invocation_short: id.slice(0, 4),
    worktree,
    hook_type: hookType,
    trigger_command: trigger,
    invocation_created_at: createdAt.toISOString(),
    name: record?.name ?? null,
    status: record?.status ?? null,
    background: record?.background ?? null,
    started_at: record?.startedAt.toISOString() ?? null,
    finished_at: finishedAt?.toISOString() ?? null,
    duration_secs: record === undefined || finishedAt === null ? null : Math.max(0, Math.floor((finishedAt.getTime() - record.startedAt.getTime()) / 1000)),
    exit_code: record?.exitCode ?? null,
    command: record?.command ?? null,
    size_bytes: job?.logSizeBytes ?? null,
    job_dir: job?.dir ?? null,
    seen,
  });
  return `${line}\n`;
}

/** Parses a line; undefined if it is torn or foreign. */
export function parseRow(line: string): IndexRow | undefined {
  const file = parseFields(line);
  const id = asText(file?.['invocation_id']);
  const createdAt = asDate(file?.['invocation_created_at']);
  const seen = asText(file?.['seen']);
  if (file === undefined || id === undefined || createdAt === undefined || seen === undefined) return undefined;
  const invocation: Invocation = {
    id: id as InvocationId,
    trigger: asText(file['trigger_command']) ?? '',
    hookType: asText(file['hook_type']) ?? '',
    worktree: asText(file['worktree']) ?? '',
    createdAt,
  };
  const dir = asText(file['job_dir']);
  if (dir === undefined) return { invocation, job: null, seen };
  const name = asText(file['name']);
  const startedAt = asDate(file['started_at']);
  if (name === undefined || startedAt === undefined) return undefined;
  return {
    invocation,
    job: {
      dir,
      name,
      status: knownStatus(asText(file['status']) ?? ''),
      background: file['background'] === true,
      startedAt,
      finishedAt: asDate(file['finished_at']) ?? null,
      exitCode: asInteger(file['exit_code']),
      command: asText(file['command']) ?? '',
      sizeBytes: asInteger(file['size_bytes']),
    },
    seen,
  };
}

/** What tells one state of a file from another; every replacement has an inode of its own. */
export function seenOf(file: Pick<Stats, 'ino' | 'size' | 'mtimeMs'>): string {
  return `${file.ino}-${file.size}-${file.mtimeMs}`;
}
