import * as fc from '../support/properties';
import { describe, expect, test } from 'vitest';
import { freedBy, planBudget } from '../../src/cleanup/budget';
import { continuedTime } from '../../src/cleanup/continued-time';
import { createKeeper } from '../../src/cleanup/keep';
import { planRemovals } from '../../src/cleanup/plan';
import { compareRecency, planRetention, type Removal } from '../../src/cleanup/retention';
import { capOf, contentOfCut, planCuts, readFooter, withCuts } from '../../src/cleanup/truncation';
import type { InvocationFacts, Snapshot } from '../../src/cleanup/types';
import { day, invocation, job, now, snapshots, snapshotOf } from './facts';

const rules = { keepLast: 0, olderThanSeconds: null, nowMs: now.getTime() };
const names = (removals: readonly Removal[]): string[] =>
  removals.map(({ invocation: { id }, jobs, whole }) => `${id}${whole ? ' whole' : ''}: ${jobs.map(({ name }) => name).join(' ')}`);

describe('retention', () => {
  test.each([
    ['7 days unless set otherwise', job('a', 7), []],
    ['strictly older', job('a', 7.001), ['i whole: a']],
    ['its own', job('a', 2, { retentionSeconds: 86_400 }), ['i whole: a']],
    ['its own, longer', job('a', 20, { retentionSeconds: 30 * 86_400 }), []],
    ['none at all', job('a', 0.001, { retentionSeconds: 0 }), ['i whole: a']],
    ['not while active', job('a', 50, { active: true, untouchable: true }), []],
    ['not while its plan is', job('a', 50, { untouchable: true }), []],
    ['a failure twice as long', job('a', 13.9, { failed: true }), []],
    ['a failure not for ever', job('a', 14.1, { failed: true }), ['i whole: a']],
    ['a failure as long as it was told', job('a', 8, { failed: true, retentionSeconds: 7 * 86_400 }), ['i whole: a']],
    ['never from the future', job('a', -400, { retentionSeconds: 0 }), []],
  ])('%s', (_, facts, expected) => {
    expect(names(planRetention(snapshotOf(invocation('i', 'main', [facts])), rules))).toEqual(expected);
  });

  test('one that is asked for takes the place of all others', () => {
    const snapshot = snapshotOf(invocation('i', 'main', [job('a', 2, { retentionSeconds: 864_000 }), job('b', 0.5, { retentionSeconds: 0 })]));
    expect(names(planRetention(snapshot, { ...rules, olderThanSeconds: 86_400 }))).toEqual(['i: a']);
  });

  test('an invocation goes as a whole when all its jobs do, and without jobs by its own age', () => {
    const snapshot = snapshotOf(
      invocation('1', 'main', [job('a', 10), job('b', 10)]),
      invocation('2', 'main', [job('a', 10), job('b', 1)]),
      invocation('3', 'main', [], { createdAtMs: now.getTime() - 10 * day }),
      invocation('4', 'main', [], { createdAtMs: now.getTime() - 1 * day }),
    );
    expect(names(planRetention(snapshot, rules))).toEqual(['1 whole: a b', '2: a', '3 whole: ']);
  });

  test('the last ones of each worktree stay, active and empty ones counting', () => {
    const snapshot = snapshotOf(
      invocation('1', 'main', [job('a', 50)]),
      invocation('2', 'main', [job('a', 40, { active: true, untouchable: true })]),
      invocation('3', 'main', [], { createdAtMs: now.getTime() - 30 * day }),
      invocation('4', 'gone', [job('a', 90)]),
    );
    expect(names(planRetention(snapshot, { ...rules, keepLast: 2 }))).toEqual(['1 whole: a']);
  });
});

/** 110 bytes. */
const old = (id: string, ageDays: number, worktree = 'main') => invocation(id, worktree, [job('a', ageDays)]);

const later = (ms: number, upSeconds: number, boot = 'this') => ({ at: new Date(now.getTime() + ms), boot, upSeconds });

describe('the time by which things are old', () => {
  const last = { at: now, boot: 'this', upSeconds: 1000 };
  test.each([
    ['a day later', later(day, 1000 + day / 1000), day],
    ['a clock that was put right by minutes', later(day + 600_000, 1000 + day / 1000), day + 600_000],
    ['a clock that was put back', later(-30 * day, 2000), -30 * day],
    ['a clock that has leaped ahead', later(30 * day, 4600), 3_600_000],
    ['another boot, of which nothing is known', later(30 * day, 4600, 'another'), 30 * day],
    ['less time than before, whatever that is', later(30 * day, 10), 30 * day],
  ])('%s', (_, here, expectedMs) => {
    expect(continuedTime(last, here).getTime() - now.getTime()).toBe(expectedMs);
  });

  test('without a run before, it is what the clock says', () => {
    expect(continuedTime(null, later(30 * day, 4600))).toEqual(later(30 * day, 0).at);
  });
});

describe('budget', () => {
  test('removes whole invocations, oldest first across worktrees, and stops as soon as it fits', () => {
    const snapshot = snapshotOf(old('1', 5), old('2', 6, 'feat/a'), old('3', 4), old('4', 1));
    expect(names(planBudget(snapshot, [], { maxTotalSizeBytes: 240, keepLast: 0 }))).toEqual(['2 whole: a', '1 whole: a']);
    expect(planBudget(snapshot, [], { maxTotalSizeBytes: 440, keepLast: 0 })).toEqual([]);
    expect(names(planBudget(snapshot, [], { maxTotalSizeBytes: 439, keepLast: 0 }))).toEqual(['2 whole: a']);
  });

  test('skips active invocations and those of the floor, even if it does not fit then', () => {
    const active = invocation('1', 'main', [job('a', 9), job('b', 9, { active: true, untouchable: true })]);
    const snapshot = snapshotOf(active, old('2', 8), old('3', 7), old('4', 9, 'feat/a'));
    expect(names(planBudget(snapshot, [], { maxTotalSizeBytes: 0, keepLast: 1 }))).toEqual(['2 whole: a']);
  });

  test('neither age nor budget takes a pinned invocation', () => {
    const snapshot = snapshotOf(invocation('1', 'main', [job('a', 50)], { pinned: true }), old('2', 40));
    expect(names(planRemovals(snapshot, { keepLast: 0, maxTotalSizeBytes: 0, staleRunningAfterSeconds: null }, { now, olderThanSeconds: 0 }))).toEqual(['2 whole: a']);
  });

  test('counts what retention removes, and takes the rest of such an invocation too', () => {
    const half = invocation('1', 'main', [job('a', 9), job('b', 1)]);
    const retention: Removal[] = [{ invocation: half, jobs: half.jobs.slice(0, 1), whole: false }];
    expect(names(planBudget(snapshotOf(half), retention, { maxTotalSizeBytes: 110, keepLast: 0 }))).toEqual(['1: a']);
    expect(names(planBudget(snapshotOf(half), retention, { maxTotalSizeBytes: 109, keepLast: 0 }))).toEqual(['1 whole: a b']);
  });
});

describe('truncation', () => {
  test.each([
    [null, 10 * 1024 * 1024],
    [0, 1024],
    [5000, 5000],
  ])('a limit of %s caps at %i', (limit, cap) => expect(capOf(limit)).toBe(cap));

  test('a log over its cap is cut, one of exactly that length looked at, others left alone', () => {
    const logs = [null, 1023, 1024, 1025].map((bytes, at) => job(`${at}`, 1, { log: bytes === null ? null : { bytes, capBytes: 1024 } }));
    expect(planCuts(snapshotOf(invocation('i', 'main', logs))).map((cut) => `${cut.job.name} ${cut.kind}`)).toEqual(['2 verify', '3 cut']);
  });

  test('what is left has the length of the cap, and tells what it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1024, max: 1e9 }), fc.integer({ min: 1 }), (cap, over) => {
        const { keepBytes, footer } = contentOfCut(cap + over, cap);
        expect(keepBytes + Buffer.byteLength(footer)).toBe(cap);
        expect(keepBytes).toBeGreaterThan(900);
        expect(readFooter(`end${footer}`.slice(-64))).toBe(cap + over);
      }),
    );
  });

  test('a cut makes room before anything else is decided', () => {
    const snapshot = snapshotOf(invocation('i', 'main', [job('a', 1, { bytes: 5300, log: { bytes: 5000, capBytes: 1024 } })]));
    expect(withCuts(snapshot, planCuts(snapshot)).invocations[0]?.jobs[0]?.bytes).toBe(1324);
  });
});

describe('whatever the records say', () => {
  const policies = fc.record({
    maxTotalSizeBytes: fc.option(fc.integer({ min: 0, max: 5000 })),
    keepLast: fc.option(fc.integer({ min: 0, max: 5 })),
    staleRunningAfterSeconds: fc.constant(null),
  });
  const ages = fc.option(fc.integer({ min: 0, max: 20 * 86_400 }));
  const check = (property: (snapshot: Snapshot, removals: Removal[], rules: { keepLast: number; replan: (left: Snapshot) => Removal[] }) => void) =>
    fc.assert(
      fc.property(snapshots, policies, ages, (snapshot, policy, olderThanSeconds) => {
        const replan = (of: Snapshot) => planRemovals(of, policy, { now, olderThanSeconds });
        property(snapshot, replan(snapshot), { keepLast: policy.keepLast ?? 3, replan });
      }),
      { numRuns: 500 },
    );

  test('the most recent invocations of each worktree stay as they are', () =>
    check((snapshot, removals, { keepLast }) => {
      const touched = new Set(removals.map((removal) => removal.invocation));
      for (const worktree of ['main', 'feat/a', 'gone']) {
        const newest = snapshot.invocations.filter((one) => one.worktree === worktree).toSorted((a, b) => compareRecency(b, a));
        for (const kept of newest.slice(0, keepLast)) expect(touched.has(kept)).toBe(false);
      }
    }));

  test('nothing active is removed, and nothing of an invocation that has it but what is old', () =>
    check((_, removals) => {
      for (const { invocation: of, jobs, whole } of removals) {
        expect(jobs.some(({ active }) => active)).toBe(false);
        if (of.jobs.some(({ active }) => active)) expect(whole).toBe(false);
      }
    }));

  test('the budget takes the oldest, and none too many', () => {
    fc.assert(
      fc.property(snapshots, fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 4 }), (snapshot, maxTotalSizeBytes, keepLast) => {
        const evicted = planBudget(snapshot, [], { maxTotalSizeBytes, keepLast });
        const total = snapshot.otherBytes + snapshot.invocations.reduce((sum, one) => sum + bytesOf(one), 0);
        const withoutLast = evicted.slice(0, -1).reduce((sum, removal) => sum + freedBy(removal), 0);
        if (evicted.length > 0) expect(total - withoutLast).toBeGreaterThan(maxTotalSizeBytes);
        if (total <= maxTotalSizeBytes) expect(evicted).toEqual([]);
      }),
    );
  });

  test('what is kept in few bytes says the same, and so what goes is the same', () =>
    check((snapshot, removals, { replan }) => {
      const keep = createKeeper();
      const kept = { ...snapshot, invocations: snapshot.invocations.map((of) => keep(of)) };
      expect(kept.invocations.map((of) => ({ ...of, jobs: of.jobs }))).toEqual(snapshot.invocations);
      expect(told(replan(kept))).toEqual(told(removals));
      expect(withCuts(kept, planCuts(kept)).invocations.map(bytesOf)).toEqual(withCuts(snapshot, planCuts(snapshot)).invocations.map(bytesOf));
    }));

  test('a second clean-up finds nothing to do', () =>
    check((snapshot, removals, { replan }) => {
      expect(replan(without(snapshot, removals))).toEqual([]);
    }));
});

function told(removals: readonly Removal[]) {
  return removals.map(({ invocation: { id }, jobs, whole }) => ({ id, jobs, whole }));
}

function bytesOf(of: InvocationFacts): number {
  return freedBy({ invocation: of, jobs: of.jobs, whole: true });
}

/** As it is read again afterwards. */
function without(snapshot: Snapshot, removals: readonly Removal[]): Snapshot {
  const planned = new Map(removals.map((removal) => [removal.invocation, removal]));
  return {
    ...snapshot,
    invocations: snapshot.invocations.flatMap((of) => {
      const removal = planned.get(of);
      if (removal?.whole === true) return [];
      const jobs = of.jobs.filter((one) => removal?.jobs.includes(one) !== true);
      return [{ ...of, jobs }];
    }),
  };
}
