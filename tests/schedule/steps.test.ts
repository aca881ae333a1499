import { describe, expect, test } from 'vitest';
import { schedule } from '../../src/hooks/schedule';
import type { Ending, ScheduledJob } from '../../src/hooks/schedule';

const job = (name: string, rest: Partial<ScheduledJob> = {}): ScheduledJob => ({ name, needs: [], ...rest });
const progress = (ended: Record<string, Ending>, running: string[] = []) => ({ running: new Set(running), ended: new Map(Object.entries(ended)) });

describe('order without need', () => {
  test('a job awaits the end of those it comes after, whatever that is', () => {
    const jobs = [job('a'), job('b', { after: ['a'] })];
    expect(schedule(jobs, progress({}), { mode: 'parallel', places: 4 }).start).toEqual(['a']);
    expect(schedule(jobs, progress({}, ['a']), { mode: 'parallel', places: 4 }).start).toEqual([]);
    for (const ending of ['succeeded', 'failed', 'held-back'] as const) {
      expect(schedule(jobs, progress({ a: ending }), { mode: 'parallel', places: 4 }).start).toEqual(['b']);
    }
  });
});

describe('steps, where they run one at a time', () => {
  const jobs = [job('a'), job('b', { step: 'g' }), job('c', { step: 'g' }), job('d')];

  test('jobs of one step run side by side, those of others wait', () => {
    expect(schedule(jobs, progress({}), { mode: 'sequential', places: 4 }).start).toEqual(['a']);
    expect(schedule(jobs, progress({ a: 'succeeded' }), { mode: 'sequential', places: 4 }).start).toEqual(['b', 'c']);
    expect(schedule(jobs, progress({ a: 'succeeded', b: 'failed' }, ['c']), { mode: 'sequential', places: 4 }).start).toEqual([]);
    expect(schedule(jobs, progress({ a: 'succeeded', b: 'failed', c: 'succeeded' }), { mode: 'sequential', places: 4 }).start).toEqual(['d']);
  });

  test('a step with one place runs its jobs in turn', () => {
    expect(schedule(jobs, progress({ a: 'succeeded' }), { mode: 'sequential', places: 1 }).start).toEqual(['b']);
  });

  test('a step that was begun goes before a job that is preferred to its rest', () => {
    const preferred = [job('b', { step: 'g' }), job('x'), job('c', { step: 'g', needs: ['b'] })];
    expect(schedule(preferred, progress({ b: 'succeeded' }), { mode: 'sequential', places: 4 }).start).toEqual(['c']);
  });

  test('a step that needs a job outside lets it run first', () => {
    const entangled = [job('b', { step: 'g' }), job('c', { step: 'g', needs: ['x'] }), job('x')];
    expect(schedule(entangled, progress({ b: 'succeeded' }), { mode: 'sequential', places: 4 }).start).toEqual(['x']);
  });

  test('a pipe stops after the step in which something failed, not within it', () => {
    const decision = schedule(jobs, progress({ a: 'succeeded', b: 'failed' }), { mode: 'piped', places: 4 });
    expect(decision.start).toEqual(['c']);
    expect([...decision.holdBack]).toEqual([['d', 'previous job failed']]);
  });
});
