import { join } from 'node:path';
import { fault } from '../fault';
import { publishExclusive } from '../fs';
import { jobDirPath, type Store } from './store';
import type { Excess, InvocationId } from './types';

/**
 * Writes the durable `because` mark, before the job is signalled: should the coordinator die on the way, whoever records the
 * end knows the reason. The first one stands.
 */
export function noteExcess(store: Store, id: InvocationId, dir: string, excess: Excess): void {
  publishExclusive(join(jobDirPath(store, id, dir), 'because'), formatExcess(excess));
  if (DAFT_FAULTS) fault('job: excess noted');
}

function formatExcess(excess: Excess): string {
  switch (excess.kind) {
    case 'timeout':
      return `timeout: ${excess.afterSecs}\n`;
    case 'log-limit':
      return `log-limit: ${excess.bytes}\n`;
  }
}

/** Undefined for a mark that is not whole, or of a later version. */
export function parseExcess(text: string | undefined): Excess | undefined {
  const [, kind, digits] = /^([a-z-]+): (\d{1,15})\n$/.exec(text ?? '') ?? [];
  switch (kind) {
    case 'timeout':
      return { kind, afterSecs: Number(digits) };
    case 'log-limit':
      return { kind, bytes: Number(digits) };
    case undefined:
    default:
      return undefined;
  }
}
