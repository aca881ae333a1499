/** Invocations, plans, records, marks and index on disk; the one module that knows their formats (jobs.md 2 and 3). */
export { noteAdopter, readAdopter } from './adopter';
export { listActiveIds, markActive, unmarkActive } from './active';
export { noteExcess } from './excess';
export { findInvocations, readHistory, readHistoryOldestFirst, type StoredInvocation, summariseWorktrees } from './history';
export { inspectInvocation, type InvocationHoldings, inspectRepository } from './holdings';
export { rebuildIndex } from './index-refresh';
export { createInvocation, ensureJobDir, isInvocationId, listInvocationIds, readInvocation } from './invocations';
export { jobDirNames } from './job-dir-names';
export { isActive, readJob, readJobs } from './jobs';
export { claimJob, readMarks, requestCancel } from './marks';
export { noticeActive } from './notice';
export { announceNotice, dropNotices, leaveNotice, sweepNotices, takeNotices, withdrawNotice } from './notices';
export { isPinned, pinInvocation, unpinInvocation } from './pins';
export { publishPlan, settleInvocation, withdrawPlan } from './plans';
export { mergePolicy, readPolicy } from './policy';
export { hasPlanEnv, readPlan, readPlanEnv } from './read-plan';
export { beginRecord, type RecordInTheMaking, rewriteRecord, writeFinalRecord, writeRunningRecord } from './records';
export { trashInvocation, trashJob } from './removal';
export { ensureRepoId, parseRepoId, readRepoId } from './repo-id';
export { listRepositories } from './repositories';
export { invocationPath, jobDirPath, openStore, outputLogPath, type Store } from './store';
export { readLogEnd, truncateLog } from './truncate-log';
export type {
  Excess,
  IndexedJob,
  IndexRow,
  Invocation,
  InvocationId,
  JobEntry,
  JobMarks,
  JobRecord,
  JobStatus,
  JobSummary,
  Plan,
  PlannedJob,
  RepoId,
  RepoPolicy,
  StoredStatus,
} from './types';
