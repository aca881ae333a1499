import * as fc from '../support/properties';
import { describe, expect, test } from 'vitest';
import { schedule, type Ending, type ScheduledJob } from '../../src/hooks/schedule';

const job = (name: string, ...needs: string[]): ScheduledJob => ({ name, needs });

interface Example {
  jobs: ScheduledJob[];
  running?: string[];
  ended?: Record<string, Ending>;
  mode?: 'parallel' | 'sequential' | 'piped';
  places?: number;
  cancelled?: boolean;
}

const decide = ({ jobs, running = [], ended = {}, mode = 'parallel', places = 64, cancelled = false }: Example) => {
  const decision = schedule(jobs, { running: new Set(running), ended: new Map(Object.entries(ended)) }, { mode, places, cancelled });
  return { start: decision.start, holdBack: Object.fromEntries(decision.holdBack) };
};

const chain = [job('a'), job('b', 'a'), job('c', 'b')];
const diamond = [job('a'), job('b', 'a'), job('c', 'a'), job('d', 'b', 'c')];
const loose = [job('a'), job('b'), job('c')];

describe('what starts', () => {
  test.each<[string, Example, string[]]>([
    ['everything that needs nothing', { jobs: loose }, ['a', 'b', 'c']],
    ['only as many as there are places', { jobs: loose, places: 2 }, ['a', 'b']],
    ['nothing when running jobs hold all places', { jobs: loose, running: ['a', 'b'], places: 2 }, []],
    ['nothing when more run than there are places', { jobs: loose, running: ['a', 'b'], places: 1 }, []],
    ['the root of a chain', { jobs: chain }, ['a']],
    ['a job whose needs have succeeded', { jobs: chain, ended: { a: 'succeeded' } }, ['b']],
    ['no job of which one need still runs', { jobs: diamond, running: ['c'], ended: { a: 'succeeded', b: 'succeeded' } }, []],
    ['an independent job beside a failure', { jobs: [...chain, job('x')], ended: { a: 'failed' } }, ['x']],
    ['one, in order, when sequential', { jobs: loose, mode: 'sequential' }, ['a']],
    ['nothing beside a running job when sequential', { jobs: loose, mode: 'sequential', running: ['a'] }, []],
    ['the next after a failure when sequential', { jobs: loose, mode: 'sequential', ended: { a: 'failed' } }, ['b']],
    ['the first ready one, not the first, when sequential', { jobs: [job('b', 'a'), job('a')], mode: 'sequential' }, ['a']],
    ['one, in order, when piped', { jobs: loose, mode: 'piped', ended: { a: 'succeeded' } }, ['b']],
    ['nothing once cancelled', { jobs: loose, cancelled: true }, []],
    ['nothing without places', { jobs: loose, mode: 'sequential', places: 0 }, []],
  ])('%s', (_name, example, start) => {
    expect(decide(example).start).toEqual(start);
  });
});

describe('what is held back', () => {
  const failed = 'dependency failed';
  test.each<[string, Example, Record<string, string>]>([
    ['nothing while all goes well', { jobs: diamond, ended: { a: 'succeeded' } }, {}],
    ['all that needs a failed job, through others too', { jobs: chain, ended: { a: 'failed' } }, { b: failed, c: failed }],
    ['what needs a cancelled job', { jobs: chain, ended: { a: 'succeeded', b: 'cancelled' } }, { c: failed }],
    ['what needs a job that was held back', { jobs: chain, ended: { a: 'held-back' } }, { b: failed, c: failed }],
    ['a job with one failed need, while another need runs', { jobs: diamond, running: ['c'], ended: { a: 'succeeded', b: 'failed' } }, { d: failed }],
    ['in sequential mode: only what needs the failed job', { jobs: [...chain, job('x')], mode: 'sequential', ended: { a: 'failed' } }, { b: failed, c: failed }],
    ['in a pipe: all the rest', { jobs: [...chain, job('x')], mode: 'piped', ended: { a: 'failed' } }, { b: 'previous job failed', c: 'previous job failed', x: 'previous job failed' }],
    ['in a pipe: nothing but dependents after a job that was held back', { jobs: [...chain, job('x')], mode: 'piped', ended: { a: 'held-back' } }, { b: failed, c: failed }],
    ['once cancelled: all that has not started', { jobs: diamond, running: ['b'], ended: { a: 'failed' }, cancelled: true }, { c: 'cancelled', d: 'cancelled' }],
  ])('%s', (_name, example, holdBack) => {
    expect(decide(example).holdBack).toEqual(holdBack);
  });
});

/** Graphs without cycles, in random order, with names that say nothing about their order. */
const graphs = fc
  .integer({ min: 0, max: 14 })
  .chain((size) => fc.tuple(fc.array(fc.array(fc.nat()), { minLength: size, maxLength: size }), fc.shuffledSubarray([...Array(size).keys()], { minLength: size, maxLength: size })))
  .map(([picks, order]) => order.map((i) => job(`j${i}`, ...new Set((i === 0 ? [] : (picks[i] ?? [])).map((pick) => `j${pick % i}`)))));

/** Plays a graph to its end, deciding after every single ending, and returns what happened. */
function play(jobs: readonly ScheduledJob[], options: { mode: 'parallel' | 'sequential' | 'piped'; places: number; endings: readonly Ending[]; picks: readonly number[] }) {
  const running = new Set<string>();
  const ended = new Map<string, Ending>();
  const starts: string[] = [];
  for (let turn = 0; ; turn += 1) {
    const decision = schedule(jobs, { running, ended }, options);
    for (const name of decision.holdBack.keys()) {
      expect(ended.has(name) || running.has(name), `${name} held back after its start`).toBe(false);
      ended.set(name, 'held-back');
    }
    for (const name of decision.start) {
      expect(ended.has(name) || running.has(name), `${name} started twice`).toBe(false);
      const needs = jobs.find((candidate) => candidate.name === name)?.needs ?? [];
      expect(needs.filter((need) => ended.get(need) !== 'succeeded'), `${name} started before its needs`).toEqual([]);
      running.add(name);
      starts.push(name);
    }
    expect(running.size).toBeLessThanOrEqual(options.mode === 'parallel' ? options.places : 1);
    if (running.size === 0) return { ended, starts };
    const ending = [...running][(options.picks[turn % options.picks.length] ?? 0) % running.size] ?? '';
    running.delete(ending);
    ended.set(ending, options.endings[turn % options.endings.length] ?? 'succeeded');
  }
}

const plays = fc.record({
  mode: fc.constantFrom('parallel', 'sequential', 'piped'),
  places: fc.integer({ min: 1, max: 5 }),
  endings: fc.array(fc.constantFrom<Ending[]>('succeeded', 'succeeded', 'succeeded', 'failed', 'cancelled'), { minLength: 1 }),
  picks: fc.array(fc.nat(), { minLength: 1 }),
});

test('in ten thousand graphs, every job ends exactly once, never before its needs, and only for a reason without having run', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(graphs, plays, (jobs, options) => {
      const { ended, starts } = play(jobs, options);
      expect([...ended.keys()].toSorted()).toEqual(jobs.map(({ name }) => name).toSorted());
      const pipeBroke = options.mode === 'piped' && [...ended.values()].some((ending) => ending === 'failed' || ending === 'cancelled');
      for (const { name, needs } of jobs) {
        const needFailed = needs.some((need) => ended.get(need) !== 'succeeded');
        if (ended.get(name) === 'held-back') expect(needFailed || pipeBroke).toBe(true);
        else expect(needFailed).toBe(false);
        expect(starts.filter((start) => start === name)).toHaveLength(ended.get(name) === 'held-back' ? 0 : 1);
      }
    }),
    { numRuns: 10_000 },
  );
});

test('one at a time, always the first of those that are ready', () => {
  fc.assert(
    fc.property(graphs, plays, (jobs, options) => {
      const { starts } = play(jobs, { ...options, mode: 'sequential', endings: ['succeeded'] });
      const expected: string[] = [];
      while (expected.length < jobs.length) {
        const next = jobs.find(({ name, needs }) => !expected.includes(name) && needs.every((need) => expected.includes(need)));
        expected.push(next?.name ?? 'nothing is ready');
      }
      expect(starts).toEqual(expected);
    }),
  );
});

test('a thousand jobs with thousands of needs are scheduled to their end', { timeout: 10_000 }, () => {
  const jobs = Array.from({ length: 1000 }, (_, i) => job(`j${i}`, ...[1, 7, 31].filter((back) => back <= i).map((back) => `j${i - back}`)));
  const { ended } = play(jobs, { mode: 'parallel', places: 64, endings: ['succeeded'], picks: [0, 3, 5] });
  expect(ended.size).toBe(1000);
});
