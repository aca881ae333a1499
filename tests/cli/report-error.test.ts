import { expect, test } from 'vitest';
import { reportError } from '../../src/cli/report-error';
import { DaftError } from '../../src/daft-error';

const report = (error: unknown) => reportError(error, { spec: undefined, table: [], paintError: (text) => text });

test('a fatal error is its text, what to do, and what caused it', () => {
  const cause = new Error('git said no\ntwice', { cause: new Error('disk full') });
  expect(report(new DaftError('Failed to clone', { hint: 'Try again.', cause, exitCode: 3 }))).toEqual({
    text: 'Error: Failed to clone\nTry again.\n\nCaused by:\n    git said no\n    twice\n    disk full',
    exitCode: 3,
  });
});

test.each([
  ['error', 'error: No'],
  ['none', 'No'],
] as const)('the prefix %s is written as it is quoted', (prefix, text) => {
  expect(report(new DaftError('No', { prefix }))).toEqual({ text, exitCode: 1 });
});

test.each([
  ["EACCES: permission denied, open '/x'", { code: 'EACCES', syscall: 'open', path: '/x' }, "Cannot open '/x': permission denied (EACCES)"],
  ["EXDEV: cross-device link not permitted, rename '/x' -> '/y'", { code: 'EXDEV', syscall: 'rename', path: '/x', dest: '/y' }, "Cannot rename '/x' to '/y': cross-device link not permitted (EXDEV)"],
  ['ENOSPC: no space left on device, write', { code: 'ENOSPC', syscall: 'write' }, 'Cannot write: no space left on device (ENOSPC)'],
  ['spawn git EAGAIN', { code: 'EAGAIN', syscall: 'spawn git', path: 'git' }, 'spawn git EAGAIN'],
])('what the system refused is told in a sentence, without a stack: %s', (message, fields, text) => {
  expect(report(Object.assign(new Error(message), fields))).toEqual({ text: `Error: ${text}`, exitCode: 1 });
});

test('a defect keeps its stack and its cause', () => {
  const { text, exitCode } = report(new TypeError('x is undefined', { cause: new Error('deeper') }));
  expect(exitCode).toBe(1);
  expect(text).toContain('TypeError: x is undefined\n    at ');
  expect(text).toContain('Error: deeper');
});

test('causes that go round in a circle end', () => {
  const one = new Error('one');
  one.cause = new Error('two', { cause: one });
  expect(report(new DaftError('x', { cause: one })).text).toBe('Error: x\n\nCaused by:\n    one\n    two');
});
