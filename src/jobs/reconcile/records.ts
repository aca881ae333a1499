import type { Invocation, JobRecord, PlannedJob } from '../../logstore';
import type { ExaminedJob } from './examine';
import type { Verdict } from './judge';

/** What is known about a planned job at its start: a record that says `running`, without process and owner. */
export function recordOfPlanned(invocation: Invocation, planned: PlannedJob, startedAt: Date): JobRecord {
  return {
    name: planned.name,
    hookType: invocation.hookType,
    worktree: invocation.worktree,
    command: planned.command,
    workingDir: planned.workingDir,
    env: planned.env,
    startedAt,
    status: 'running',
    exitCode: null,
    pid: null,
    background: true,
    finishedAt: null,
    needs: planned.declaredNeeds,
    retentionSeconds: planned.retentionSeconds,
    maxLogSizeBytes: planned.maxLogSizeBytes,
    logTruncated: false,
    originalSizeBytes: null,
    backgroundOutput: planned.backgroundOutput,
    pidStart: null,
    owner: null,
    timeoutSecs: planned.timeoutSecs,
  };
}

/** The last record of a job whose end was found on disk; undefined if neither plan nor record tells what it was. */
export function recordOfEnd(
  invocation: Invocation,
  job: Extract<ExaminedJob, { kind: 'active' }>,
  { status, exitCode, finishedAt }: Extract<Verdict, { kind: 'end' }>,
): JobRecord | undefined {
  const running = job.record ?? (job.planned && recordOfPlanned(invocation, job.planned, job.marks.startedAt ?? finishedAt));
  return running && { ...running, pid: running.pid ?? job.marks.pid, status, exitCode, finishedAt };
}

/** What becomes of `output.log` when this record is written: `silent` keeps nothing of a job that completed. */
export function outputAfter({ backgroundOutput, status }: JobRecord): 'remove' | undefined {
  return backgroundOutput === 'silent' && status === 'completed' ? 'remove' : undefined;
}
