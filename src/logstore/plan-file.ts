import { asDate, asFields, asInteger, asText, asTextMap, asTexts, formatJson, parseFields } from './fields';
import { knownOutput } from './record-file';
import { isJobDir } from './store';
import type { Plan, PlannedJob } from './types';

/** `plan.json` (jobs.md 3.8). */
export function formatPlan(plan: Plan): string {
  return formatJson({
    version: 1,
    dispatched_at: plan.dispatchedAt.toISOString(),
    boot: plan.boot,
    host: plan.host,
    daft_version: plan.daftVersion,
    notify_tty: plan.notifyTty,
    fd_limit: plan.fdLimit,
    umask: plan.umask,
    max_parallel: plan.maxParallel,
    log_limit_bytes: plan.logLimitBytes,
    jobs: plan.jobs.map((job) => ({
      name: job.name,
      job_dir: job.jobDir,
      command: job.command,
      working_dir: job.workingDir,
      env: job.env,
      needs: job.needs,
      ...(job.after === undefined ? {} : { after: job.after }),
      declared_needs: job.declaredNeeds,
      background_output: job.backgroundOutput,
      timeout_secs: job.timeoutSecs,
      retention_seconds: job.retentionSeconds,
      max_log_size_bytes: job.maxLogSizeBytes,
      held_back: job.heldBack,
    })),
  });
}

/** Parses `plan.json`; undefined if it is none. A job that could not be run as it was meant is left out. */
export function parsePlan(text: string): Plan | undefined {
  const file = parseFields(text);
  const dispatchedAt = asDate(file?.['dispatched_at']);
  if (file === undefined || dispatchedAt === undefined || !Array.isArray(file['jobs'])) return undefined;
  return {
    dispatchedAt,
    boot: asText(file['boot']) ?? '',
    host: asText(file['host']) ?? '',
    daftVersion: asText(file['daft_version']) ?? '',
    notifyTty: asText(file['notify_tty']) ?? null,
    fdLimit: asInteger(file['fd_limit']),
    umask: asInteger(file['umask']) ?? 0o77,
    maxParallel: asInteger(file['max_parallel']),
    logLimitBytes: asInteger(file['log_limit_bytes']),
    jobs: file['jobs'].flatMap((job: unknown) => {
      const planned = plannedJobOf(job);
      return planned === undefined ? [] : [planned];
    }),
  };
}

function plannedJobOf(value: unknown): PlannedJob | undefined {
  const job = asFields(value);
  const name = asText(job?.['name']);
  const jobDir = asText(job?.['job_dir']);
  const command = asText(job?.['command']);
  const workingDir = asText(job?.['working_dir']);
  if (job === undefined || name === undefined || command === undefined || workingDir === undefined) return undefined;
  // A path instead of a name would lead out of the invocation.
  if (jobDir === undefined || jobDir === '' || !isJobDir(jobDir) || /[/\0]/.test(jobDir)) return undefined;
  return {
    name,
    jobDir,
    command,
    workingDir,
    env: asTextMap(job['env']),
    needs: asTexts(job['needs']),
    ...(Array.isArray(job['after']) ? { after: asTexts(job['after']) } : {}),
    declaredNeeds: asTexts(job['declared_needs']),
    backgroundOutput: knownOutput(job['background_output']) ?? 'log',
    timeoutSecs: asInteger(job['timeout_secs']),
    retentionSeconds: asInteger(job['retention_seconds']),
    maxLogSizeBytes: asInteger(job['max_log_size_bytes']),
    heldBack: asText(job['held_back']) ?? null,
  };
}
