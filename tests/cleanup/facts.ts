import * as fc from '../support/properties';
import type { InvocationFacts, JobFacts, Snapshot } from '../../src/cleanup/types';
import type { InvocationId } from '../../src/logstore';

export const day = 24 * 60 * 60 * 1000;
export const now = new Date('2026-05-20T12:00:00.000Z');

/** A job that started so many days ago. */
export function job(name: string, ageDays: number, fields: Partial<JobFacts> = {}): JobFacts {
  return { dir: name, name, active: false, untouchable: false, sinceMs: now.getTime() - ageDays * day, retentionSeconds: null, failed: false, bytes: 100, log: null, ...fields };
}

export function invocation(id: string, worktree: string, jobs: readonly JobFacts[], fields: Partial<InvocationFacts> = {}): InvocationFacts {
  const starts = jobs.map(({ sinceMs }) => sinceMs);
  const recencyMs = Math.max(fields.createdAtMs ?? now.getTime() - 100 * day, ...starts);
  return { id: id as InvocationId, worktree, createdAtMs: now.getTime() - 100 * day, recencyMs, modifiedMs: 0, pinned: false, jobs, ownBytes: 10, ...fields };
}

export function snapshotOf(...invocations: readonly InvocationFacts[]): Snapshot {
  return { invocations, otherBytes: 0 };
}

const jobArbitrary = fc
  .record({
    ageDays: fc.integer({ min: -3, max: 30 }),
    active: fc.boolean(),
    ofPlan: fc.boolean(),
    retentionSeconds: fc.option(fc.integer({ min: 0, max: 20 * 86_400 })),
    failed: fc.boolean(),
    bytes: fc.integer({ min: 0, max: 1000 }),
    log: fc.option(fc.record({ bytes: fc.integer({ min: 0, max: 500 }), capBytes: fc.integer({ min: 0, max: 500 }) })),
  })
  .map(({ ageDays, ofPlan, ...fields }) => job('', ageDays, { ...fields, untouchable: fields.active || ofPlan }));

/** Some dozens of invocations in three worktrees. */
export const snapshots: fc.Arbitrary<Snapshot> = fc
  .record({
    otherBytes: fc.integer({ min: 0, max: 500 }),
    invocations: fc.array(
      fc.record({
        worktree: fc.constantFrom('main', 'feat/a', 'gone'),
        jobs: fc.array(jobArbitrary, { maxLength: 4 }),
        createdDays: fc.integer({ min: -2, max: 30 }),
        ownBytes: fc.integer({ min: 0, max: 100 }),
      }),
      { maxLength: 25 },
    ),
  })
  .map(({ otherBytes, invocations }) => ({
    otherBytes,
    invocations: invocations.map(({ worktree, jobs, createdDays, ownBytes }, at) =>
      invocation(
        at.toString(16).padStart(16, '0'),
        worktree,
        jobs.map((facts, index) => ({ ...facts, dir: `job-${index}`, name: `job ${index}` })),
        { createdAtMs: now.getTime() - createdDays * day, ownBytes },
      ),
    ),
  }));
