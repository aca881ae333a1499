import type { RetryRefusal, RetryResult } from '../../jobs';
import { describeMissingJob, describeRetryObstacle, describeRetrySourceFailure, told } from './failures';
import type { Told } from './failures';

/** Why nothing was retried. */
export function describeRetryRefusal(refusal: RetryRefusal, now: Date): Told {
  switch (refusal.kind) {
    case 'source':
      return describeRetrySourceFailure(refusal.failure, now);
    case 'still-active':
      return told(`Cannot retry: ${refusal.jobs.length} job(s) still running (${refusal.jobs.join(', ')}). Cancel them first.`);
    case 'set':
      switch (refusal.reason.kind) {
        case 'not-retryable':
          return told(`Job '${refusal.reason.job}' is not in a failed or cancelled state (current: ${refusal.reason.status}).`);
        case 'no-such-job':
          return describeMissingJob(refusal.reason.job, refusal.source.invocation);
      }
      break;
    case 'obstacle':
      return describeRetryObstacle(refusal.obstacle);
  }
}

/** `Retried 2 job(s) in invocation a3f2 (1 foreground done, 1 background running). Check status: daft hooks jobs` */
export function retriedLine({ count, invocation, foreground, background }: Extract<RetryResult, { kind: 'retried' }>): string {
  const parts = [
    ...(foreground > 0 ? [`${foreground} foreground done`] : []),
    ...(background > 0 ? [`${background} background running`] : []),
  ];
  if (invocation === null) return `Retried ${count} job(s) (${parts.join(', ')}).`;
  return `Retried ${count} job(s) in invocation ${invocation.id.slice(0, 4)} (${parts.join(', ')}). Check status: daft hooks jobs`;
}
