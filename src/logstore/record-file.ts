import type { ProcessIdentity } from '../process';
import { asDate, asFields, asInteger, asText, asTextMap, asTexts, formatJson, parseFields, type Fields } from './fields';
import type { JobRecord, StoredStatus } from './types';

/** Parses `meta.json` (jobs.md 3.4); undefined without `name`, `status` and `started_at`. */
export function parseRecord(text: string): JobRecord | undefined {
  const file = parseFields(text);
  return file === undefined ? undefined : recordOf(file);
}

export function recordOf(file: Fields): JobRecord | undefined {
  const name = asText(file['name']);
  const status = asText(file['status']);
  const startedAt = asDate(file['started_at']);
  if (name === undefined || status === undefined || startedAt === undefined) return undefined;
  return {
    name,
    hookType: asText(file['hook_type']) ?? '',
    worktree: asText(file['worktree']) ?? '',
    command: asText(file['command']) ?? '',
    workingDir: asText(file['working_dir']) ?? '',
    env: asTextMap(file['env']),
    startedAt,
    status: knownStatus(status),
    exitCode: asInteger(file['exit_code']),
    pid: asInteger(file['pid']),
    background: file['background'] === true,
    finishedAt: asDate(file['finished_at']) ?? null,
    needs: asTexts(file['needs']),
    retentionSeconds: asInteger(file['retention_seconds']),
    maxLogSizeBytes: asInteger(file['max_log_size_bytes']),
    logTruncated: file['log_truncated'] === true,
    originalSizeBytes: asInteger(file['original_size_bytes']),
    backgroundOutput: knownOutput(file['background_output']),
    pidStart: asText(file['pid_start']) ?? null,
    owner: identityOf(file['owner']),
    timeoutSecs: asInteger(file['timeout_secs']),
  };
}

/**
 * `meta.json` for a record that takes the place of `before`: fields that this version does not know are kept, and so is
 * a status that it could only read as `unknown`.
 */
export function formatRecord(record: JobRecord, before: Fields | undefined): string {
  const file: Record<string, unknown> = {
    name: record.name,
    hook_type: record.hookType,
    worktree: record.worktree,
    command: record.command,
    working_dir: record.workingDir,
    env: record.env,
    started_at: record.startedAt.toISOString(),
    status: record.status === 'unknown' ? (asText(before?.['status']) ?? 'unknown') : record.status,
    exit_code: record.exitCode,
    pid: record.pid,
    background: record.background,
    finished_at: record.finishedAt?.toISOString() ?? null,
    needs: record.needs,
    retention_seconds: record.retentionSeconds,
    max_log_size_bytes: record.maxLogSizeBytes,
    log_truncated: record.logTruncated,
    original_size_bytes: record.originalSizeBytes,
    background_output: record.backgroundOutput,
    pid_start: record.pidStart,
    owner: record.owner === null ? null : formatIdentity(record.owner),
    timeout_secs: record.timeoutSecs,
  };
  for (const [key, value] of Object.entries(before ?? {})) if (!Object.hasOwn(file, key)) file[key] = value;
  return formatJson(file);
}

export function knownStatus(status: string): StoredStatus {
  switch (status) {
    case 'running':
    case 'completed':
    case 'failed':
    case 'cancelled':
    case 'skipped':
    case 'crashed':
      return status;
    default: // a later version wrote it
      return 'unknown';
  }
}

export function isTerminal(record: Pick<JobRecord, 'status'>): boolean {
  return record.status !== 'running';
}

export function knownOutput(value: unknown): 'log' | 'silent' | null {
  return value === 'log' || value === 'silent' ? value : null;
}

/** As other tools know it; in this order. */
export function formatIdentity({ pid, start, boot, host }: ProcessIdentity): Fields {
  return { pid, start, boot, host };
}

export function identityOf(value: unknown): ProcessIdentity | null {
  const fields = asFields(value);
  const pid = asInteger(fields?.['pid']);
  if (fields === undefined || pid === null) return null;
  return { pid, start: asText(fields['start']) ?? null, boot: asText(fields['boot']) ?? '', host: asText(fields['host']) ?? '' };
}
