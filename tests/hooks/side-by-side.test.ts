import { expect, test } from 'vitest';
import { runSideBySide } from '../../src/hooks/side-by-side';
import type { HookMode, ResolvedJob } from '../../src/hooks/types';

/** `b<a` needs a, `b~a` awaits it in any case; `b@g` stands in group g. */
function jobs(text: string): ResolvedJob[] {
  return text.split(' ').map((word) => {
    const [, name = '', relation, other = ''] = /^(\w+)(?:([<~@])(\w+))?$/.exec(word) ?? [];
    return {
      name, needs: relation === '<' ? [other] : [], after: relation === '~' ? [other] : [], step: relation === '@' ? other : null,
      description: null, command: '', workingDir: '/', env: {}, declaredNeeds: [], background: false, interactive: false,
      backgroundOutput: 'log', timeoutSecs: null, failText: null, retentionSeconds: null, maxLogSizeBytes: null,
    };
  });
}

test.each<[string, HookMode, boolean]>([
  ['a', 'parallel', false],
  ['a b', 'parallel', true],
  ['a b<a', 'parallel', false],
  ['a b~a c<b', 'parallel', false],
  ['c<b b<a a', 'parallel', false],
  ['a b<a c<a', 'parallel', true],
  ['a b', 'sequential', false],
  ['a b', 'piped', false],
  ['a@g b@g c', 'sequential', true],
  ['a@g b@h', 'piped', false],
])('%s (%s): %s', (text, mode, expected) => expect(runSideBySide(jobs(text), { mode, places: 2 })).toBe(expected));

test('never on one processor', () => expect(runSideBySide(jobs('a b'), { mode: 'parallel', places: 1 })).toBe(false));
