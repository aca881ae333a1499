import * as fc from '../support/properties';
import { describe, expect, test } from 'vitest';
import { findByLongPrefix, isActive, parseAddress, resolveAddress } from '../../src/jobs';
import type { Resolution } from '../../src/jobs';
import { describeAddressFailure } from '../../src/output/jobs';
import { historyOf, invocation, job } from './history';

describe('the grammar of addresses', () => {
  test.each([
    ['build', undefined, undefined, 'build'],
    ['1f2b', undefined, '1f2b', undefined],
    ['1F2B', undefined, '1f2b', undefined],
    ['1', undefined, undefined, '1'],
    ['123456789', undefined, undefined, '123456789'],
    ['feature/x:build', 'feature/x', undefined, 'build'],
    ['feature/x:1f2b', 'feature/x', undefined, '1f2b'],
    ['1f2b:build', undefined, '1f2b', 'build'],
    ['1f2b:cafe', undefined, '1f2b', 'cafe'],
    ['main:1f2b', 'main', '1f2b', undefined],
    ['main:build', 'main', undefined, 'build'],
    ['main:1f2b:build', 'main', '1f2b', 'build'],
    ['main::build', 'main', undefined, 'build'],
    ['a:b:1f2b:build', 'a:b', '1f2b', 'build'],
  ])('%s', (token, worktree, prefix, name) => {
    expect(parseAddress(token)).toEqual({ worktree, prefix, job: name });
  });

  test('reads back what the full form is written of, whatever the worktree contains', () => {
    const id = fc.stringMatching(/^[0-9a-f]{2,8}$/);
    const name = fc.string({ minLength: 1 }).filter((text) => !text.includes(':'));
    fc.assert(
      fc.property(fc.string(), id, name, (worktree, prefix, jobName) => {
        expect(parseAddress(`${worktree}:${prefix}:${jobName}`)).toEqual({ worktree, prefix, job: jobName });
      }),
    );
  });
});

const now = new Date('2026-04-10T14:00:00.000Z');
const old = invocation('1f2b0001', 'main', ['build', 'lint']);
const single = invocation('77aa', 'main', ['cafe']);
const newer = invocation('1f2b0002', 'feature/x', ['build']);
const newest = invocation('c9d4', 'main', ['build', 'build:prod', job('slow', { status: 'running' })]);
const jobless = invocation('eeee', 'main', []);
const colons = invocation('ab12', 'feature/x', ['x1:n', 'x1:n:1:2', 'cd:prod']);
const history = historyOf(old, single, newer, colons, newest, jobless);

function resolved(token: string, options: { here?: string | undefined; inv?: string } = {}): string {
  const resolution = resolveAddress(token, { history, here: 'main', ...options });
  switch (resolution.kind) {
    case 'job':
      return `${resolution.invocation.invocation.id.slice(0, 8)} ${resolution.job.name}`;
    case 'failed': {
      const { message, hint } = describeAddressFailure(resolution.failure, now);
      return hint === undefined ? message : `${message}\n${hint}`;
    }
  }
}

describe('an address resolves to', () => {
  test.each([
    ['the newest invocation here that contains the job', 'build', 'c9d40000 build'],
    ['an older one, when only that contains it', 'lint', '1f2b0001 lint'],
    ['a job whose name has a colon, when the worktree recorded one', 'build:prod', 'c9d40000 build:prod'],
    ['the only job of an invocation', '77aa', '77aa0000 cafe'],
    ['a job called like hex digits, when no invocation begins so', 'cafe', '77aa0000 cafe'],
    ['a job of an invocation', '1f2b0001:build', '1f2b0001 build'],
    ['a job of another worktree', 'feature/x:build', '1f2b0002 build'],
    ['an invocation of a worktree with a slash', 'feature/x:1f2b', '1f2b0002 build'],
    ['an ambiguous prefix made unique by its worktree', 'feature/x:1f2b:build', '1f2b0002 build'],
    ['a job that has colons in its name, in the full form', 'feature/x:ab12:x1:n:1:2', 'ab120000 x1:n:1:2'],
    ['such a job of an invocation', 'ab12:x1:n', 'ab120000 x1:n'],
    ['such a job that looks like an invocation and a job', 'ab12:cd:prod', 'ab120000 cd:prod'],
    ['such a job of another worktree', 'feature/x:x1:n:1:2', 'ab120000 x1:n:1:2'],
    ['such a job whose worktree is not said', 'x1:n:1:2', 'ab120000 x1:n:1:2'],
    ['such a job of the newest invocation that has it', 'feature/x::x1:n', 'ab120000 x1:n'],
    ['a job called like hex digits, in a worktree', 'main:cafe', '77aa0000 cafe'],
  ])('%s', (_, token, expected) => {
    expect(resolved(token)).toBe(expected);
  });

  test('the newest invocation anywhere, when the current worktree never had the job', () => {
    expect(resolved('lint', { here: 'feature/x' })).toBe('1f2b0001 lint');
    expect(resolved('build', { here: undefined })).toBe('c9d40000 build');
  });

  test('what --inv says, which also makes a hex word the name of the job', () => {
    expect(resolved('build', { inv: '1F2B0002' })).toBe('1f2b0002 build');
    expect(resolved('cafe', { inv: '77' })).toBe('77aa0000 cafe');
    expect(resolved('main:build', { inv: '1f' })).toBe('1f2b0001 build');
    expect(resolved('x1:n', { inv: 'ab12' })).toBe('ab120000 x1:n');
  });

  test('the newest invocation in which the job is active, when that is preferred', () => {
    const running = invocation('aaaa', 'main', [job('build', { status: 'running' })]);
    const ended = invocation('bbbb', 'main', ['build']);
    const resolution = resolveAddress('build', { history: historyOf(running, ended), here: 'main', prefer: isActive });
    expect(resolution).toMatchObject({ kind: 'job', invocation: { invocation: { id: 'aaaa000000000000' } } });
  });
});

test('each address that is suggested leads to its job', () => {
  const { failure } = resolveAddress('ab12', { history, here: 'main' }) as Extract<Resolution, { kind: 'failed' }>;
  const suggested = describeAddressFailure(failure, now).hint?.split('\n').map((line) => line.trim()) ?? [];
  expect(suggested.map((address) => resolved(address))).toEqual(['ab120000 x1:n', 'ab120000 x1:n:1:2', 'ab120000 cd:prod']);
});

describe('an address that resolves to nothing tells', () => {
  test.each([
    ['main:c9d4:build:dev', `No job named 'build:dev' found in invocation 'c9d4' (worktree 'main').\nAvailable jobs: build, build:prod, slow`],
    ['deed', `No invocation matching prefix 'deed'.`],
    ['main:deed', `No invocation matching prefix 'deed' in worktree 'main'.`],
    ['gone:deed', `No invocations found for worktree 'gone'.`],
    ['gone:build', `No invocations found for worktree 'gone'.`],
    ['deploy', `No job named 'deploy' found in worktree 'main'.\nAvailable jobs: build, build:prod, cafe, lint, slow`],
    ['feature/x:dead', `No job named 'dead' found in worktree 'feature/x'.\nAvailable jobs: build, cd:prod, x1:n, x1:n:1:2`],
    ['c9d4:lint', `No job named 'lint' found in invocation 'c9d4' (worktree 'main').\nAvailable jobs: build, build:prod, slow`],
    ['eeee', `Invocation 'eeee' (worktree 'main') has no jobs.`],
    ['main:1f2b', `Invocation '1f2b' (worktree 'main') has 2 jobs. Pick one:\n  main:1f2b:build\n  main:1f2b:lint`],
    [
      '1f2b',
      [
        `Ambiguous invocation prefix '1f2b' -- matches across worktrees:`,
        '  feature/x:1f2b0002  worktree-post-create -- 2h ago',
        '  main:1f2b0001  worktree-post-create -- 2h ago',
        'Use `<worktree>:<inv>:<job>` to disambiguate.',
      ].join('\n'),
    ],
  ])('%s', (token, expected) => {
    expect(resolved(token)).toBe(expected);
  });

  test('an ambiguity within a worktree, with as many digits as tell the ids apart', () => {
    const twins = historyOf(invocation('abcd12', 'main', ['a']), invocation('abcd19', 'main', ['a']), invocation('ab77', 'main', ['a']));
    const resolution = resolveAddress('main:ab', { history: twins, here: 'main' });
    expect(resolution.kind === 'failed' && describeAddressFailure(resolution.failure, now)).toEqual({
      message: `Ambiguous invocation ID 'ab' -- matches:`,
      hint: [
        '  ab7700  worktree-post-create -- 2h ago',
        '  abcd19  worktree-post-create -- 2h ago',
        '  abcd12  worktree-post-create -- 2h ago',
        'Use more characters to disambiguate.',
      ].join('\n'),
    });
  });
});

test('suggestions have as many digits as lead to the invocation', () => {
  const twins = historyOf(invocation('abcd12', 'main', ['a', 'b']), invocation('abcd19', 'main', ['a', 'b']));
  const resolution = resolveAddress('abcd19', { history: twins, here: 'main' });
  expect(resolution.kind === 'failed' && describeAddressFailure(resolution.failure, now)).toEqual({
    message: `Invocation 'abcd' (worktree 'main') has 2 jobs. Pick one:`,
    hint: '  main:abcd19:a\n  main:abcd19:b',
  });
});

test('what is told of names does not command the terminal', () => {
  const hostile = historyOf(invocation('abcd', 'ma\u001B[2Jin', ['a\u001B]0;x\u0007', 'b\nc']));
  const resolution = resolveAddress('abcd', { history: hostile, here: 'main' });
  expect(resolution.kind === 'failed' && describeAddressFailure(resolution.failure, now)).toEqual({
    message: `Invocation 'abcd' (worktree 'ma\uFFFD[2Jin') has 2 jobs. Pick one:`,
    hint: '  ma\uFFFD[2Jin:abcd:a\uFFFD]0;x\uFFFD\n  ma\uFFFD[2Jin:abcd:b\uFFFDc',
  });
});

test('9 to 16 digits find an invocation only if they belong to one', () => {
  expect(findByLongPrefix('1f2b00010', history)?.invocation.id).toBe('1f2b000100000000');
  expect(findByLongPrefix('1f2b0001', history)).toBeUndefined();
  expect(findByLongPrefix('1f2b00019', history)).toBeUndefined();
});
