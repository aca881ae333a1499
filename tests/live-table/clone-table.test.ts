import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createCloneTable } from '../../src/output/clone';
import type { HookResult } from '../../src/hooks';
import { row } from '../list/rows';
import { ended, printed, started } from '../output-hooks/play';
import { Screen } from '../output-hooks/screen';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const failed = (mode: 'warn' | 'abort', exitCode = 3): HookResult => ({ kind: 'failed', exitCode, stderr: '', mode });

function open({ verbose = false } = {}) {
  const screen = new Screen(80, 24);
  const table = createCloneTable({ stream: screen, colour: false, columns: ['branch'], verbose, now: () => new Date(0) });
  table.open(['main', 'dev', 'fix'].map((name) => row({ name })));
  const lines = () => {
    vi.advanceTimersByTime(800); // ten ticks: the spinner is back at its first frame
    return screen.text().trimEnd().split('\n');
  };
  return { screen, table, lines };
}

describe('the table of a clone', () => {
  test('tells of each branch where it is: the base is there, the others are waited for', () => {
    const { table, lines } = open();
    expect(lines()).toEqual(['Status         Branch', '✓ created      main', 'waiting        dev', 'waiting        fix']);
    table.hooks.begin({ branch: 'main', hook: 'post-clone' });
    expect(lines()[1]).toBe('⠋ post-clone   main');
    table.hooks.end({ kind: 'succeeded' });
    table.tell({ type: 'creating', branch: 'dev', path: '/dev' });
    table.hooks.begin({ branch: 'dev', hook: 'worktree-pre-create' });
    expect(lines().slice(1, 3)).toEqual(['✓ created      main', '⠋ pre-create   dev']);
    table.hooks.end({ kind: 'succeeded' });
    expect(lines()[2]).toBe('⠋ creating     dev');
    table.tell({ type: 'created', branch: 'dev' });
    expect(lines()[2]).toBe('✓ created      dev');
    table.close('finished');
  });

  test('stays when it is over, with what went wrong below it', () => {
    const { screen, table } = open();
    table.hooks.begin({ branch: 'main', hook: 'worktree-post-create' });
    for (const event of [started('install'), printed('install', 'one\ntwo\n'), ended('install', { outcome: { kind: 'failed', exitCode: 3, signal: null, stderrTail: '' } })]) table.hooks.tell(event);
    table.hooks.tell({ type: 'warning', text: 'beware' });
    table.hooks.tell({ type: 'dispatched', count: 2 });
    table.hooks.tell({ type: 'hook-ended', hook: 'worktree-post-create', durationMs: 12.9 });
    table.hooks.end(failed('warn'));
    table.hooks.begin({ branch: 'dev', hook: 'worktree-pre-create' });
    table.hooks.end(failed('abort', -1));
    table.tell({ type: 'not-created', branch: 'dev', because: 'hook', message: "pre-create hook failed for 'dev', skipping" });
    table.tell({ type: 'not-created', branch: 'fix', because: 'git', message: "Could not create worktree for branch 'fix': no room" });
    table.close('finished');
    expect(screen.text().trimEnd().split('\n')).toEqual([
      'Status         Branch',
      '✓ created ⚠    main',
      '✗ hook failed  dev',
      '✗ failed       fix',
      'warning: beware',
      '⟳ 2 background jobs running — daft hooks jobs to manage',
      'Hooks:',
      '  main: worktree-post-create warned (exit 3, 12ms)',
      '    one',
      '    two',
      "    Job 'install' failed (exit code: 3)",
      '  dev: worktree-pre-create failed (error, 0ms)',
      'Created 1 of 3 worktrees (2 failed)',
      "  dev: pre-create hook failed for 'dev', skipping",
      "  fix: Could not create worktree for branch 'fix': no room",
    ]);
  });

  test('says nothing below it where all went well', () => {
    const { screen, table } = open();
    for (const branch of ['dev', 'fix']) table.tell({ type: 'created', branch });
    table.close('finished');
    table.close('interrupted');
    expect(screen.text().trimEnd().split('\n')).toEqual(['Status         Branch', '✓ created      main', '✓ created      dev', '✓ created      fix']);
  });

  test('with -v has a line for each job, and tells how much is going on', () => {
    const { table, lines } = open({ verbose: true });
    table.hooks.begin({ branch: 'main', hook: 'worktree-post-create' });
    table.hooks.tell(started('install'));
    table.hooks.tell({ type: 'job-backgrounded', job: 'la\nter', description: null });
    expect(lines().slice(1)).toEqual([
      '⠋ post-create  main',
      '  ├ post-create ❯ install  running',
      '  └ post-create ❯ la\uFFFDter  ↻ background',
      'waiting        dev',
      'waiting        fix',
      ' inflight: 1 · elapsed: 0.8s',
    ]);
    table.hooks.tell(ended('install'));
    table.hooks.tell({ type: 'job-skipped', job: 'lint', reason: 'not here', by: 'condition' });
    expect(lines().slice(2, 5)).toEqual(['  ├ post-create ❯ install  ✓ 1900ms', '  ├ post-create ❯ la\uFFFDter  ↻ background', '  └ post-create ❯ lint  ⊘ not here']);
    table.close('interrupted');
    expect(lines()[1]).toBe('✗ cancelled    main');
    expect(lines().at(-1)).toMatch(/^ inflight: 0 · elapsed: 1\.6s · cancelled$/);
  });

  test('leaves the terminal to a job that wants it', () => {
    const { screen, table, lines } = open();
    table.hooks.begin({ branch: 'main', hook: 'post-clone' });
    table.hooks.tell(started('ask', { interactive: true }));
    expect(lines()).toEqual(['']);
    screen.write('name? Ada\n');
    table.hooks.tell(ended('ask'));
    expect(lines().slice(0, 3)).toEqual(['name? Ada', 'Status         Branch', '⠋ post-clone   main']);
    table.close('finished');
  });
});
