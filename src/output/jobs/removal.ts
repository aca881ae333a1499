import type { RemovalEvent } from '../../jobs';
import { printable } from '../printable';

interface Message {
  kind: 'step' | 'warning';
  text: string;
}

/** Words for what happens to the jobs of a worktree that is being removed, and the kind of message they are. */
export function describeRemoval(event: RemovalEvent): Message {
  const { kind, text } = describe(event);
  return { kind, text: printable(text) };
}

function describe(event: RemovalEvent): Message {
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
