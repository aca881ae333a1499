import type { RemovalEvent } from '../../jobs';

/** Words for what happens to the jobs of a worktree that is being removed, and the kind of message they are. */
export function describeRemoval(event: RemovalEvent): { kind: 'step' | 'warning'; text: string } {
  switch (event.type) {
    case 'stopping':
      return { kind: 'step', text: `Stopping background job '${event.job}'...` };
    case 'stopped':
      return { kind: 'step', text: `Stopped background job '${event.job}'` };
    case 'not-stopped':
      return { kind: 'warning', text: `Failed to cancel background job '${event.job}': ${event.error}` };
    case 'still-running':
      return {
        kind: 'warning',
        text: `Background jobs are still running (${event.jobs.join(', ')}); the removal may fail. See: daft hooks jobs`,
      };
  }
}
