import { describe, expect, test } from 'vitest';
import { untrustedNotice } from '../../src/cli/untrusted-notice';
import type { Untrusted } from '../../src/cli/untrusted-notice';

const yaml = (hook: Untrusted['hook'], names: string[], branch = 'main'): Untrusted => ({ hook, kind: 'yaml', names, branch });
const notice = (found: Untrusted[], hints = true) => untrustedNotice(found, { exe: 'git daft', hints });
const both = ['worktree-pre-create', 'worktree-post-create'];

describe('the notice of untrusted hooks', () => {
  test('once for all phases of a command', () => {
    expect(notice([yaml('worktree-pre-create', both), yaml('worktree-post-create', both)])).toBe(
      [
        'Untrusted repo — 2 daft.yml hooks not run: worktree-pre-create, worktree-post-create',
        '   To run them, trust this repo:       git daft hooks trust',
        "   Then replay this worktree's setup:  git daft hooks run worktree-post-create",
      ].join('\n'),
    );
  });

  test('of a clone, of several worktrees, of a removal', () => {
    expect(notice([yaml('post-clone', ['post-clone', ...both])])?.split('\n')[2]).toBe("   Then replay the clone's setup:      git daft hooks run post-clone");
    expect(notice([yaml('worktree-post-create', both, 'a'), yaml('worktree-post-create', both, 'b')])?.split('\n')).toMatchObject([
      'Untrusted repo — 2 daft.yml hooks not run for a, b: worktree-pre-create, worktree-post-create',
      expect.anything(),
      "   Then replay each worktree's setup:  git daft hooks run worktree-post-create",
    ]);
    expect(notice([yaml('worktree-pre-remove', both)])?.split('\n')).toHaveLength(2);
  });

  test('names four at most, counts one as one', () => {
    expect(notice([yaml('worktree-pre-remove', ['a', 'b', 'c', 'd', 'e'])], false)).toBe('Untrusted repo — 5 daft.yml hooks not run: a, b, c, d and 1 more hooks');
    expect(notice([yaml('worktree-pre-remove', ['a'])], false)).toBe('Untrusted repo — 1 daft.yml hook not run: a');
  });

  test('of scripts', () => {
    const found: Untrusted[] = [
      { hook: 'worktree-pre-remove', kind: 'scripts', names: ['pre-remove'], branch: 'a' },
      { hook: 'worktree-post-remove', kind: 'scripts', names: ['worktree-post-remove'], branch: 'a' },
    ];
    expect(notice(found, false)).toBe('Untrusted repo — 2 .daft/hooks scripts not run: pre-remove, worktree-post-remove');
    expect(notice(found.slice(0, 1), false)).toBe('Untrusted repo — 1 .daft/hooks script not run: pre-remove');
  });

  test('nothing to tell', () => expect(notice([])).toBeUndefined());
});
