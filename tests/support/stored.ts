/** What the store holds, in full, for tests that care about few of its fields. */

import type { JobRecord, Plan, PlannedJob } from '../../src/logstore';

export function recordOf(name: string, fields: Partial<JobRecord> = {}): JobRecord {
  return {
    name,
    hookType: 'worktree-post-create',
    worktree: 'feature/x',
    command: `make ${name}`,
    workingDir: '/w/app/feature/x',
    env: { DAFT_HOOK: 'worktree-post-create' },
    startedAt: new Date('2026-04-28T19:24:49.000Z'),
    status: 'completed',
    exitCode: 0,
    pid: null,
    background: true,
    finishedAt: new Date('2026-04-28T19:24:52.500Z'),
    needs: [],
    retentionSeconds: null,
    maxLogSizeBytes: null,
    logTruncated: false,
    originalSizeBytes: null,
    backgroundOutput: 'log',
    pidStart: null,
    owner: null,
    timeoutSecs: null,
    ...fields,
  };
}

export function plannedOf(name: string, fields: Partial<PlannedJob> = {}): PlannedJob {
  return {
    name,
    jobDir: name,
    command: `make ${name}`,
    workingDir: '/w/app/feature/x',
    env: {},
    needs: [],
    declaredNeeds: [],
    backgroundOutput: 'log',
    timeoutSecs: null,
    retentionSeconds: null,
    maxLogSizeBytes: null,
    heldBack: null,
    ...fields,
  };
}

export function planOf(...jobs: readonly (string | PlannedJob)[]): Plan {
  return {
    dispatchedAt: new Date('2026-04-28T19:24:48.123Z'),
    boot: 'boot',
    host: 'host',
    daftVersion: '1.10.0',
    notifyTty: null,
    fdLimit: 1024,
    umask: 0o22,
    maxParallel: null,
    logLimitBytes: null,
    jobs: jobs.map((job) => (typeof job === 'string' ? plannedOf(job) : job)),
  };
}
