/** Resolves a hook of a repository, decides whether it may run, runs it and records it (hooks.md). */
export { configuredHooks, fireDefinition, fireHook } from './fire';
export type { Firing } from './firing';
export { findRemoteUrl, findTrust } from './gate';
export { runJobs } from './run';
export type { RunOptions, RunSummary } from './run';
export { deprecatedScriptNames, listScripts, scriptDirectory } from './scripts';
export type { HookScript } from './scripts';
export type { HookServices, UntrustedNotices } from './services';
export { hookNamesIn, surveyHooks } from './survey';
export type { HookSurvey } from './survey';
export { matchesPattern, needsRemote, resolveTrust } from './trust';
export type { EffectiveTrust } from './trust';
export { clearTrust, grantTrust, pruneTrust, readTrustBook, removeTrust } from './trust-book';
export type { Pruned, TrustBook } from './trust-book';
export { hookNames } from './types';
export type { HeldBackReason, HookEvent, HookMode, HookName, HookPresentation, HookResult, JobOutcome, ResolvedJob, SkippedJob } from './types';
