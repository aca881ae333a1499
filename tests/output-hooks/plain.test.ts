import { expect, test } from 'vitest';
import { begin, end, ended, play, printed, started } from './play';

/** Without header and summary. */
function body(text: string): string[] {
  const lines = text.split('\n');
  const summary = lines.findIndex((line) => line.startsWith('────'));
  return lines.slice(3, summary < 0 ? -1 : summary - 2);
}

test('a hook is its header, a line per event, and a summary in order of completion', () => {
  const text = play([
    begin,
    started('install', { description: 'all dependencies' }),
    started('lint'),
    printed('install', 'resolving\nfetching\n'),
    printed('lint', 'x.ts: no\n'),
    ended('lint', { outcome: { kind: 'failed', exitCode: 2, signal: null, stderrTail: '' }, failText: 'see docs/lint.md', durationMs: 112 }),
    ended('install'),
    { type: 'job-skipped', job: 'deploy', reason: 'dependency failed', by: 'runner' },
    { type: 'job-backgrounded', job: 'warm-cache', description: 'build the cache' },
    end,
    { type: 'dispatched', count: 1 },
  ]);
  const dashes = '─'.repeat(' daft hooks v0.0.0-test  hook: worktree-post-create '.length);
  expect(text).toBe(
    [
      `┌${dashes}┐`,
      '│ daft hooks v0.0.0-test  hook: worktree-post-create │',
      `└${dashes}┘`,
      '┃  install ❯',
      '┃    all dependencies',
      '┃  lint ❯',
      '┃  resolving',
      '┃  fetching',
      '┃  x.ts: no',
      "Job 'lint' failed (exit code: 2)",
      'see docs/lint.md',
      '┃  deploy (skip) dependency failed',
      '  warm-cache (background) -- build the cache',
      '',
      '',
      '─'.repeat(40),
      'summary: (done in 2.3s)',
      '  ✘ lint (112ms)',
      '  ✔ install (1.9s)',
      '  ⊘ deploy',
      '  ↻ warm-cache (background) — build the cache',
      '⟳ 1 background job running — daft hooks jobs to manage',
      '',
    ].join('\n'),
  );
});

test('a hook that shows no job shows nothing', () => {
  const skipped = { type: 'job-skipped', job: 'win', reason: 'os is linux', by: 'condition' } as const;
  expect(play([begin, skipped, end, { type: 'dispatched', count: 0 }])).toBe('');
});

test('what conditions took out is shown when verbose, and the command of each job too', () => {
  const skipped = { type: 'job-skipped', job: 'win', reason: 'os is linux', by: 'condition' } as const;
  expect(body(play([begin, skipped, started('a', { command: 'first\nsecond' }), ended('a'), end], { verbose: true }))).toEqual([
    '┃  win (skip) os is linux',
    '┃  a ❯',
    '┃    first',
    '┃    second',
    '┃  No output',
  ]);
});

test('a last line without newline is shown, and silence is said', () => {
  expect(body(play([begin, started('a'), printed('a', 'no newline'), ended('a'), started('b'), ended('b'), end]))).toEqual(['┃  a ❯', '┃  no newline', '┃  b ❯', '┃  No output']);
});

test('nothing is said about the output of a job that had the terminal for itself', () => {
  expect(body(play([begin, started('ask', { interactive: true }), ended('ask'), end]))).toEqual(['┃  ask ❯']);
});

test('quiet leaves out the output of jobs and nothing else', () => {
  const events = [begin, started('a'), printed('a', 'words\n'), ended('a'), end];
  expect(body(play(events, { quiet: true }))).toEqual(['┃  a ❯']);
  expect(body(play([{ ...begin, presentation: { quiet: true, plain: false, colourless: false } } as typeof begin, ...events.slice(1)]))).toEqual(['┃  a ❯']);
});

test('bytes of the output are printed as they are', () => {
  expect(play([begin, started('a'), printed('a', Buffer.from('\u001B[31mred\u001B[0m 10%\r20%\n')), ended('a'), end])).toContain('┃  \u001B[31mred\u001B[0m 10%\r20%\n');
});

test('a very long line comes in pieces, and is broken only where somebody else has something to say', () => {
  expect(body(play([begin, started('a'), printed('a', 'long'), printed('a', 'er\nnext\n'), ended('a'), end]))).toEqual(['┃  a ❯', '┃  longer', '┃  next']);
  const disturbed = [begin, started('a'), started('b'), printed('a', 'long'), printed('b', 'me, too\n'), printed('a', 'er\n'), printed('a', 'las'), ended('b'), printed('a', 't'), ended('a'), end];
  expect(body(play(disturbed))).toEqual(['┃  a ❯', '┃  b ❯', '┃  long', '┃  me, too', '┃  er', '┃  last']);
});

test('in tests of daft itself only warnings and notes are printed', () => {
  const events = [
    { type: 'job-promoted', job: 'a', because: 'interactive' } as const,
    begin,
    started('a'),
    printed('a', 'words\n'),
    { type: 'warning', text: 'careful' } as const,
    ended('a', { outcome: { kind: 'failed', exitCode: 1, signal: null, stderrTail: '' } }),
    end,
    { type: 'dispatched', count: 2 } as const,
    { type: 'note', text: 'as it stands' } as const,
  ];
  expect(play(events, { silent: true })).toBe('warning: careful\nas it stands\n');
});

test('promotion is told before the header, and why a job failed after it', () => {
  const text = play([
    { type: 'job-promoted', job: 'a', because: 'required by a foreground job' },
    begin,
    started('a'),
    ended('a', { outcome: { kind: 'timed-out', afterSecs: 3 } }),
    started('b'),
    ended('b', { outcome: { kind: 'failed', exitCode: 137, signal: 'SIGKILL', stderrTail: '' } }),
    end,
    { type: 'dispatched', count: 2 },
  ]);
  expect(text.split('\n')[0]).toBe("⚠ Job 'a' promoted to foreground (required by a foreground job)");
  expect(body(text.slice(text.indexOf('\n') + 1))).toEqual(['┃  a ❯', '┃  No output', "Job 'a' timed out after 3s", "Job 'a' failed", '┃  b ❯', '┃  No output', "Job 'b' failed"]);
  expect(text).toContain('⟳ 2 background jobs running — daft hooks jobs to manage\n');
});

test.each([
  [999, '999ms'],
  [1000, '1.0s'],
  [59_990, '59.9s'],
  [65_400, '1m 5s'],
])('%d ms are %s', (durationMs, spoken) => {
  expect(play([begin, started('a'), ended('a', { durationMs }), end])).toContain(`  ✔ a (${spoken})`);
});

test('colours are there only where they are wanted', () => {
  const events = [begin, started('a'), printed('a', 'x\n'), ended('a'), end];
  expect(play(events)).not.toContain('\u001B');
  expect(play(events, { colour: true })).toContain('\u001B[38;5;208m┃');
  const colourless = { ...begin, presentation: { quiet: false, plain: false, colourless: true } } as typeof begin;
  expect(play([colourless, ...events.slice(1)], { colour: true })).not.toContain('\u001B');
});

test('where jobs run side by side, each line tells whose it is', () => {
  const events = [started('install'), started('lint'), printed('install', 'one\ntwo\n'), printed('lint', 'x'), ended('lint'), started('quiet'), ended('quiet'), ended('install')];
  expect(body(play([{ ...begin, type: 'hook-started', hook: 'post-clone', at: new Date(0), sideBySide: true }, ...events, end]))).toEqual([
    '┃  install ❯', '┃  lint ❯', '┃  [install] one', '┃  [install] two', '┃  [lint] x', '┃  quiet ❯', '┃  [quiet] No output',
  ]);
  expect(body(play([begin, ...events, end]))).toContain('┃  one');
});

test('names and descriptions stay on their line, whatever is in them', () => {
  const lines = body(play([begin, started('a\u001B[2J\nb', { description: ' one\n  two\u0007 ' }), ended('a\u001B[2J\nb'), end]));
  expect(lines).toEqual(['┃  a�[2J�b ❯', '┃    one two�', '┃  No output']);
});
