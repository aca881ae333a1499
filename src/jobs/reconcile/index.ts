/** Repairs what dead coordinators left behind (jobs.md 6.8): a pure verdict per job, and the pass that applies it. */
export { examine } from './examine';
export type { ExaminedInvocation, ExaminedJob, Examiner } from './examine';
export { announceFailure, excessText, failureLine, failureOf, failureOfNotRun, keepFailure } from './failure';
export type { Failure } from './failure';
export { inspectGroupOf } from './job-group';
export { judge } from './judge';
export type { Evidence, Here, Verdict } from './judge';
export { finishNotRun, recordNotRun } from './not-run';
export type { NotRun } from './not-run';
export { examinerOf, reconcile, repair } from './reconcile';
export type { ReconcileReport } from './reconcile';
export { outputAfter, recordOfEnd, recordOfPlanned } from './records';
