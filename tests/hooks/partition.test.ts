import { describe, expect, test } from 'vitest';
import { planBackground } from '../../src/hooks/background';
import { partition } from '../../src/hooks/partition';
import type { ResolvedJob } from '../../src/hooks/types';

function job(name: string, rest: Partial<ResolvedJob> = {}): ResolvedJob {
  return {
    name, description: null, command: 'x', workingDir: '/', env: {}, needs: [], declaredNeeds: rest.needs ?? [], background: false, interactive: false,
    backgroundOutput: 'log', timeoutSecs: null, failText: null, retentionSeconds: null, maxLogSizeBytes: null, ...rest,
  };
}
const names = (jobs: readonly ResolvedJob[]) => jobs.map(({ name }) => name);

describe('partition', () => {
  test('the foreground needs, transitively, what it needs', () => {
    const parts = partition([job('a', { background: true }), job('b', { background: true, needs: ['a'] }), job('c', { needs: ['b'] }), job('d', { background: true, needs: ['c'] })]);
    expect(names(parts.foreground)).toEqual(['a', 'b', 'c']);
    expect(names(parts.background)).toEqual(['d']);
    expect(parts.promoted).toEqual([
      { job: 'a', because: 'required by a foreground job' },
      { job: 'b', because: 'required by a foreground job' },
    ]);
  });

  test('an interactive job comes to the foreground with its needs', () => {
    const parts = partition([job('a', { background: true }), job('b', { background: true, interactive: true, needs: ['a'] })]);
    expect(parts.promoted).toEqual([
      { job: 'a', because: 'required by a foreground job' },
      { job: 'b', because: 'interactive' },
    ]);
    expect(names(parts.background)).toEqual([]);
  });

  test('an interactive job that somebody needs is required', () => {
    expect(partition([job('a', { background: true, interactive: true }), job('b', { needs: ['a'] })]).promoted).toEqual([{ job: 'a', because: 'required by a foreground job' }]);
  });
});

describe('the background part after the foreground part', () => {
  const jobs = [job('c', { needs: ['b'] }), job('a', { needs: ['fg'] }), job('b', { needs: ['a'] }), job('free')];
  const plan = (fg: 'succeeded' | 'failed' | 'held-back', rest: Partial<Parameters<typeof planBackground>[2]> = {}) =>
    planBackground(jobs, new Map([['fg', fg]]), { mode: 'parallel', interrupted: false, ...rest });

  test('drops needs on what succeeded and keeps those among itself', () => {
    expect(plan('succeeded').toRun.map(({ name, needs }) => [name, needs])).toEqual([['c', ['b']], ['a', []], ['b', ['a']], ['free', []]]);
  });

  test.each(['failed', 'held-back'] as const)('holds back dependents of what %s, and theirs', (ending) => {
    const { toRun, heldBack } = plan(ending);
    expect(names(toRun)).toEqual(['free']);
    expect(Object.fromEntries(heldBack)).toEqual({ a: 'foreground dependency failed', b: 'dependency failed', c: 'dependency failed' });
  });

  test('after a failed pipe, and after Ctrl-C, nothing runs', () => {
    expect(new Set(plan('failed', { mode: 'piped' }).heldBack.values())).toEqual(new Set(['previous job failed']));
    expect(plan('failed', { mode: 'piped' }).toRun).toEqual([]);
    expect(new Set(plan('succeeded', { interrupted: true }).heldBack.values())).toEqual(new Set(['cancelled']));
    expect(names(plan('succeeded', { mode: 'piped' }).toRun)).toEqual(['c', 'a', 'b', 'free']);
  });
});
