import { expect, test } from 'vitest';
import { findGraphFault, type ScheduledJob } from '../../src/hooks/schedule';

const job = (name: string, ...needs: string[]): ScheduledJob => ({ name, needs });

test.each<[string, ScheduledJob[], ReturnType<typeof findGraphFault>]>([
  ['no job', [], undefined],
  ['a diamond, declared upside down', [job('d', 'b', 'c'), job('b', 'a'), job('c', 'a'), job('a')], undefined],
  ['the same need twice', [job('a'), job('b', 'a', 'a')], undefined],
  ['a ring of which one part is order alone', [job('a', 'b'), { ...job('b'), after: ['a'] }], { kind: 'cycle', path: ['a', 'b', 'a'] }],
  ['order after a job that is not there', [{ ...job('a'), after: ['ghost'] }], { kind: 'unknown-need', job: 'a', need: 'ghost' }],
  ['a need nobody declares', [job('a', 'ghost')], { kind: 'unknown-need', job: 'a', need: 'ghost' }],
  ['an unknown need after a cycle', [job('a', 'a'), job('b', 'ghost')], { kind: 'unknown-need', job: 'b', need: 'ghost' }],
  ['a job that needs itself', [job('a', 'a')], { kind: 'cycle', path: ['a', 'a'] }],
  ['a ring', [job('a', 'b'), job('b', 'c'), job('c', 'a')], { kind: 'cycle', path: ['a', 'b', 'c', 'a'] }],
  [
    'a ring at the end of a path, which is not part of it',
    [job('way', 'in'), job('in', 'a'), job('a', 'b'), job('b', 'a')],
    { kind: 'cycle', path: ['a', 'b', 'a'] },
  ],
])('%s', (_name, jobs, fault) => {
  expect(findGraphFault(jobs)).toEqual(fault);
});

test('a chain longer than the call stack is deep is walked', () => {
  const chain = Array.from({ length: 50_000 }, (_, i) => job(`j${i}`, ...(i === 49_999 ? [] : [`j${i + 1}`])));
  expect(findGraphFault(chain)).toBeUndefined();
});
