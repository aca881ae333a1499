import { describe, expect, test } from 'vitest';
import { dueHelpers, hasStartup } from '../../src/cli/startup';
import type { CommandSpec } from '../../src/cli/spec';

const now = new Date('2026-05-01T12:00:00Z');
const hoursAgo = (hours: number): number => now.getTime() / 1000 - hours * 3600;
const hidden = (word: string): CommandSpec => ({
  id: word,
  words: [word],
  executables: [],
  usageName: word,
  summary: '',
  description: '',
  arguments: [],
  options: [],
  hidden: true,
});
const table = [hidden('__prune-trust'), hidden('__clean-logs')];
const fresh = (file: string): string => JSON.stringify(file === 'log-clean.json' ? { version: 1, cleaned_at: hoursAgo(1) } : { version: 1, pruned_at: hoursAgo(1) });

describe('a helper is due', () => {
  test.each([
    ['missing', undefined],
    ['malformed', '{'],
    ['of another kind', '[]'],
    ['without time', '{"version":1}'],
    ['a day old', JSON.stringify({ cleaned_at: hoursAgo(24) })],
    ['from the future', JSON.stringify({ cleaned_at: hoursAgo(-1) })],
  ])('when its stamp is %s', (_, stamp) => {
    expect(dueHelpers({}, table, (file) => (file === 'log-clean.json' ? stamp : fresh(file)), now)).toEqual(['__clean-logs']);
  });

  test('not when its stamp is fresh', () => {
    expect(dueHelpers({}, table, fresh, now)).toEqual([]);
  });

  test.each([
    [{ DAFT_NO_LOG_CLEAN: '' }, ['__prune-trust']],
    [{ DAFT_NO_TRUST_PRUNE: '1' }, ['__clean-logs']],
    [{ CI: '' }, []],
    [{ BUILDKITE: 'true' }, []],
  ])('unless switched off: %j', (env, due) => {
    expect(dueHelpers(env, table, () => undefined, now)).toEqual(due);
  });

  test('only if there is such a command', () => {
    expect(dueHelpers({}, table.slice(1), () => undefined, now)).toEqual(['__clean-logs']);
  });
});

test.each([
  ['list', {}, true],
  [undefined, {}, true],
  ['__complete', {}, false],
  ['shell-init', {}, false],
  ['completions', {}, false],
  ['list', { DAFT_TESTING: '' }, false],
  ['list', { DAFT_IS_COORDINATOR: '0' }, false],
])('%s with %j does something on the side: %s', (word, env, expected) => {
  expect(hasStartup(word, env)).toBe(expected);
});
