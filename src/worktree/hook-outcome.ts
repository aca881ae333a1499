import { DaftError } from '../daft-error';
import type { Firing } from '../hooks';
import type { WorktreeServices } from './worktree-services';

/**
 * Fires a hook and settles what comes of it: a failure in mode `abort` ends the operation with a DaftError, an
 * interruption with the reason of the signal, and everything else lets it go on.
 *
 * @param kept what an abort or an interruption leaves in place, for the message
 */
export async function fireAndSettle(
  firing: Firing,
  { fireHook, signal, narrator }: Pick<WorktreeServices, 'fireHook' | 'signal' | 'narrator'>,
  kept?: { message: string; hint: string },
): Promise<void> {
  const result = await fireHook(firing);
  switch (result.kind) {
    case 'skipped':
    case 'succeeded':
      return;
    case 'interrupted':
      if (kept) narrator.warning(`${firing.hook} hook was interrupted; ${kept.message}\n${kept.hint}`);
      signal.throwIfAborted();
      throw new DaftError(`${firing.hook} hook was interrupted`, { exitCode: 130 });
    case 'failed':
      if (result.mode === 'warn') return;
      throw new DaftError(`${firing.hook} hook failed with exit code ${result.exitCode}${kept ? `; ${kept.message}` : ''}`, { hint: kept?.hint });
  }
}
