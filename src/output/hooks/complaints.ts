import type { HookEvent, JobOutcome } from '../../hooks';

/** What is said of a job that did not succeed. */
export function complaints({ job, outcome, failText }: Extract<HookEvent, { type: 'job-ended' }>): readonly string[] {
  const said = complaint(job, outcome);
  return said.length === 0 || failText === null ? said : [...said, failText];
}

function complaint(job: string, outcome: JobOutcome): readonly string[] {
  switch (outcome.kind) {
    case 'completed': case 'cancelled':
      return [];
    case 'failed':
      return [outcome.signal === null ? `Job '${job}' failed (exit code: ${outcome.exitCode})` : `Job '${job}' failed`];
    case 'timed-out':
      return [`Job '${job}' timed out after ${outcome.afterSecs}s`, `Job '${job}' failed`];
    case 'not-started':
      return [outcome.reason, `Job '${job}' failed`];
  }
}
