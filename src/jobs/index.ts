/** What users do with recorded jobs: list, read, follow, wait, cancel, retry (jobs.md 8, 9, 13, 14). */
export type { Address, AddressFailure, InvocationResolution, Resolution } from './address';
export { findByLongPrefix, parseAddress, resolveAddress, resolveInvocation } from './address';
export { cancelForRemoval } from './cancel-on-removal';
export type { RemovalEvent } from './cancel-on-removal';
export type { RetryJob, RetryObstacle, RetryRequest, RetrySet, RetrySourceFailure, RetryTarget, RetryTargetFailure } from './retry-set';
export { findRetryObstacle, findRetrySource, readRetryTarget, selectRetrySet } from './retry-set';
export { isActive, isRetryable } from './types';
export type { History, HistoryInvocation, JobRow } from './types';
