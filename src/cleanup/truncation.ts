import type { InvocationFacts, JobFacts, Snapshot } from './types';

/** A log to be replaced by its beginning and a footer. */
export interface Cut {
  invocation: InvocationFacts;
  job: JobFacts;
  capBytes: number;
  /** 'verify': exactly as long as if it had been cut by somebody who could not note it any more. */
  kind: 'cut' | 'verify';
}

const defaultCapBytes = 10 * 1024 * 1024;
const smallestCapBytes = 1024;

/** How long a log may be (jobs.md 12.3): never so short that the footer would leave nothing of it. */
export function capOf(maxLogSizeBytes: number | null): number {
  return Math.max(smallestCapBytes, maxLogSizeBytes ?? defaultCapBytes);
}

/** The logs that are too long. */
export function planCuts({ invocations }: Pick<Snapshot, 'invocations'>): Cut[] {
  return invocations.flatMap((invocation) =>
    invocation.jobs.flatMap((job): Cut[] => {
      if (job.log === null || job.log.bytes < job.log.capBytes) return [];
      return [{ invocation, job, capBytes: job.log.capBytes, kind: job.log.bytes > job.log.capBytes ? 'cut' : 'verify' }];
    }),
  );
}

/** What is written of a log: so many bytes of its beginning, then this footer; `capBytes` in all. */
export function contentOfCut(originalBytes: number, capBytes: number): { keepBytes: number; footer: string } {
  const footer = `\n[output truncated at ${originalBytes} bytes]\n`;
  return { keepBytes: capBytes - Buffer.byteLength(footer), footer };
}

/** Bytes of which a footer is part, from the end of a log. */
export const footerWithinBytes = 64;

/** The original size, if this end of a log is that of one that was cut. */
export function readFooter(end: string): number | undefined {
  const [, bytes] = /\n\[output truncated at (\d{1,16}) bytes\]\n$/.exec(end) ?? [];
  return bytes === undefined ? undefined : Number(bytes);
}

/** The snapshot after these cuts. */
export function withCuts(snapshot: Snapshot, cuts: readonly Cut[]): Snapshot {
  if (cuts.length === 0) return snapshot;
  const bytesAfter = new Map(cuts.map(({ invocation, job, capBytes }) => [placeOf(invocation, job), job.bytes - (job.log?.bytes ?? 0) + capBytes]));
  const cut = new Set(cuts.map(({ invocation }) => invocation));
  const jobsAfter = (invocation: InvocationFacts): JobFacts[] =>
    invocation.jobs.map((job) => ({ ...job, bytes: bytesAfter.get(placeOf(invocation, job)) ?? job.bytes }));
  return {
    ...snapshot,
    invocations: snapshot.invocations.map((invocation) => (cut.has(invocation) ? { ...invocation, jobs: jobsAfter(invocation) } : invocation)),
  };
}

function placeOf({ id }: InvocationFacts, { dir }: JobFacts): string {
  return `${id}/${dir}`;
}
