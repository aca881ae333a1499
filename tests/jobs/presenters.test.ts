import { describe, expect, test } from 'vitest';
import type { HistoryInvocation } from '../../src/jobs';
import {
  endingLine,
  formatAge,
  formatDuration,
  formatSize,
  invocationHeader,
  jobHeading,
  layOutTimeline,
  listingRows,
  logHeader,
  waitingLine,
} from '../../src/output/jobs';
import { createPalette } from '../../src/output';
import { invocation, job } from './history';

const plain = createPalette(false);
const now = new Date(2026, 3, 10, 14, 32, 50);
const at = (hours: number, minutes: number, seconds: number) => new Date(2026, 3, 10, hours, minutes, seconds);

describe('numbers', () => {
  test.each([
    [-5, '0ms'],
    [36, '36ms'],
    [999, '999ms'],
    [1000, '1s'],
    [59_999, '59s'],
    [92_000, '1m32s'],
    [3_600_000, '1h0m'],
    [3_900_000, '1h5m'],
    [86_400_000, '1d0h'],
    [183_600_000, '2d3h'],
  ])('duration of %d ms', (ms, text) => expect(formatDuration(ms)).toBe(text));

  const days = 86_400;
  test.each([
    [-1, '0s'],
    [42, '42s'],
    [60, '1m'],
    [3600, '1h'],
    [2 * days, '2d'],
    [7 * days, '1w'],
    [29 * days, '4w'],
    [30 * days, '1mo'],
    [364 * days, '12mo'],
    [365 * days, '1y'],
  ])('age of %d s', (seconds, text) => expect(formatAge(new Date(now.getTime() - seconds * 1000), now)).toBe(text));

  test.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1229, '1.2 KB'],
    [4 * 1024 ** 2, '4.0 MB'],
    [1.5 * 1024 ** 3, '1.5 GB'],
    [5000 * 1024 ** 3, '5000.0 GB'],
  ])('size of %d bytes', (bytes, text) => expect(formatSize(bytes)).toBe(text));
});

function renderTimeline(
  invocations: readonly HistoryInvocation[],
  options: Parameters<ReturnType<typeof layOutTimeline>['lines']>[0] & Parameters<typeof layOutTimeline>[1],
): string[] {
  return [...layOutTimeline(invocations, options).lines(options)];
}

describe('the timeline', () => {
  const invocations = [
    invocation(
      'c9d4',
      'feature/tax-calc',
      [
        job('install', { background: false, startedAt: at(12, 1, 0), finishedAt: at(12, 1, 3), sizeBytes: 1229 }),
        job('warm-build', { status: 'failed', exitCode: 2, startedAt: at(12, 1, 3), finishedAt: at(12, 2, 35), sizeBytes: 2867 }),
      ],
      { createdAt: at(12, 1, 0) },
    ),
    invocation('d8a3', 'feature/auth', [], { createdAt: new Date(2026, 3, 9, 12, 0, 0) }),
    invocation(
      'a3f2',
      'feature/tax-calc',
      [
        job('warm-build', { status: 'running', startedAt: at(14, 32, 5), finishedAt: null, sizeBytes: 0 }),
        job('e2e', { status: 'pending', startedAt: null, finishedAt: null, sizeBytes: null }),
      ],
      { createdAt: at(14, 29, 10), trigger: 'hooks jobs retry warm-build' },
    ),
  ];

  test('draws a section per worktree, columns aligned over the whole listing', () => {
    expect(renderTimeline(invocations, { current: 'feature/tax-calc', now, paint: plain })).toEqual([
      '  feature/auth',
      '',
      '● 1d ago · worktree-post-create [d8a3]',
      '│',
      '│    (no jobs declared)',
      '╰─╴',
      '',
      '> feature/tax-calc',
      '',
      '● 2h ago · worktree-post-create [c9d4]',
      '│',
      '│    Job            Status        Started    Duration   Size',
      '│    → install      ✓ completed   12:01:00   3s         1.2 KB',
      '│    ↪ warm-build   ✗ failed      12:01:03   1m32s      2.8 KB',
      '│',
      '● 3m ago · hooks jobs retry warm-build [a3f2]',
      '│',
      '│    Job            Status        Started    Duration   Size',
      '│    ↪ warm-build   ⟳ running     14:32:05   45s...     —',
      '│    ↪ e2e          ○ pending     —          —          —',
      '╰─╴',
      '',
    ]);
  });

  test('shows excerpts of output below the rows of their jobs, behind the spine', () => {
    const [broken, fine] = [job('broken', { status: 'failed', startedAt: at(14, 0, 0), finishedAt: at(14, 0, 3) }), job('fine', { startedAt: at(14, 0, 0), finishedAt: at(14, 0, 3) })];
    const options = { current: 'main', now, paint: plain, excerptOf: (_: unknown, of: unknown) => (of === broken ? ['no such file', 'giving up'] : undefined) };
    expect(renderTimeline([invocation('aaaa', 'main', [broken, fine])], options).slice(4)).toEqual([
      '│    Job        Status        Started    Duration   Size',
      '│    ↪ broken   ✗ failed      14:00:00   3s         12 B',
      '│      no such file',
      '│      giving up',
      '│    ↪ fine     ✓ completed   14:00:00   3s         12 B',
      '╰─╴',
      '',
    ]);
  });

  test('is the same text when coloured', () => {
    const coloured = renderTimeline(invocations, { current: 'feature/auth', now, paint: createPalette(true) });
    // oxlint-disable-next-line no-control-regex -- colour sequences begin with ESC
    const stripped = coloured.map((line) => line.replaceAll(/\u001B\[[\d;]*m/g, ''));
    expect(stripped).toEqual(renderTimeline(invocations, { current: 'feature/auth', now, paint: plain }));
    expect(coloured).not.toEqual(stripped);
  });

  test('measures what is seen, and lets no name draw on the terminal', () => {
    const lines = renderTimeline([invocation('aaaa', 'main', [job('构建'), job('a\u001B[2Jb\n')])], { current: 'main', now, paint: plain });
    expect(lines.slice(5, 7).map((line) => line.slice(0, line.indexOf('✓')))).toEqual(['│    ↪ 构建      ', '│    ↪ a\uFFFD[2Jb\uFFFD   ']);
  });

  test('marks what nobody answers for, and what cannot be read', () => {
    const text = renderTimeline(
      [
        invocation('aaaa', 'main', [
          job('old', { status: 'running', stale: true, startedAt: at(14, 0, 0), finishedAt: null }),
          job('torn', { status: 'unknown', background: null, startedAt: null, finishedAt: null, command: null, exitCode: null }),
        ]),
      ],
      { current: 'main', now, paint: plain },
    ).join('\n');
    expect(text).toContain('⟳ running (stale)   14:00:00   32m50s...');
    expect(text).toContain('✗ unknown           —          —');
  });
});

test('rows carry the fifteen columns, null for what a pending job does not have yet', () => {
  const entry = invocation('c9d41234', 'main', [
    job('build', { startedAt: new Date('2026-04-10T12:01:00.500Z'), finishedAt: new Date('2026-04-10T12:01:03.400Z') }),
    job('e2e', { status: 'pending', startedAt: null, finishedAt: null, exitCode: null, sizeBytes: null }),
  ]);
  const [build, pending] = [...listingRows([entry], now)];
  expect(JSON.stringify(build)).toBe(
    '{"invocation_id":"c9d4123400000000","invocation_short":"c9d4","worktree":"main","hook_type":"worktree-post-create",' +
      '"trigger_command":"worktree-post-create","invocation_created_at":"2026-04-10T12:00:00.000Z","name":"build","status":"completed",' +
      '"background":true,"started_at":"2026-04-10T12:01:00.500Z","finished_at":"2026-04-10T12:01:03.400Z","duration_secs":2,' +
      '"exit_code":0,"command":"make build","size_bytes":12}',
  );
  expect(pending).toMatchObject({ status: 'pending', started_at: null, finished_at: null, duration_secs: null, exit_code: null, size_bytes: null });
});

test('a log is headed by what is known of its job', () => {
  const say = job('say-hello', { command: 'echo hello', startedAt: at(12, 1, 0), finishedAt: new Date(at(12, 1, 0).getTime() + 36) });
  const entry = invocation('c9d4', 'feature/fg', [say], { createdAt: at(12, 1, 0) });
  expect(logHeader(entry, say, { now, paint: plain })).toEqual([
    'COMPLETED  say-hello  [c9d4]',
    'worktree:  feature/fg',
    'trigger:   worktree-post-create',
    'started:   2h ago (2026-04-10 12:01:00)',
    'duration:  36ms',
    'command:   echo hello',
  ]);
  const pending = job('e2e', { status: 'pending', startedAt: null, finishedAt: null, command: 'make\n  all\n' });
  expect(logHeader(entry, pending, { now, paint: plain }).slice(3)).toEqual([
    'started:   —',
    'duration:  —',
    'command:   make\n             all',
  ]);
  expect(invocationHeader(entry, now)).toEqual([
    'worktree-post-create  [c9d4]',
    'worktree:  feature/fg',
    'started:   2h ago (2026-04-10 12:01:00)',
    'jobs:      1',
  ]);
  expect(jobHeading(say, { now, paint: plain })).toBe('══ COMPLETED  say-hello  (36ms)');
});

describe('the line of a job that ended', () => {
  const start = at(12, 0, 0);
  test.each([
    [job('build', { startedAt: start, finishedAt: at(12, 1, 32) }), '✓ build completed (1m32s)'],
    [job('lint', { status: 'failed', startedAt: start, finishedAt: at(12, 0, 3) }), '✗ lint failed (3s)'],
    [job('test', { status: 'cancelled', startedAt: start, finishedAt: start }), '— test cancelled'],
    [job('slow', { status: 'cancelled', startedAt: start, finishedAt: at(12, 0, 3) }), '— slow cancelled (3s)'],
    [job('deploy', { status: 'skipped', startedAt: start, finishedAt: null }), '— deploy skipped'],
    [job('lost', { status: 'crashed', startedAt: start, finishedAt: start }), '✗ lost crashed'],
  ])('%#', (row, line) => expect(endingLine(row, plain)).toBe(line));

  test('and what is waited for', () => {
    expect(waitingLine([job('build', { status: 'running' }), job('test', { status: 'pending' })])).toBe(
      'waiting for build (running), test (pending)',
    );
  });
});
