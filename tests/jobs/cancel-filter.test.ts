import { expect, test } from 'vitest';
import { selectForCancel } from '../../src/jobs';
import type { CancelFilter } from '../../src/jobs';
import type { InvocationId } from '../../src/logstore';
import { invocation, job } from './history';

const now = new Date('2026-04-10T13:00:00.000Z');
const running = (name: string, startedAt: string) => job(name, { status: 'running', startedAt: new Date(startedAt), finishedAt: null });

const created = invocation('aaaa', 'main', [running('build', '2026-04-10T12:00:00.000Z'), running('lint', '2026-04-10T12:59:30.000Z')]);
const removed = invocation('bbbb', 'main', [running('stop', '2026-04-10T12:30:00.000Z')], { hookType: 'worktree-pre-remove' });
const other = invocation('cccc', 'feat/x', [
  running('serve', '2026-04-10T12:30:00.000Z'),
  job('deploy', { status: 'pending', startedAt: null, finishedAt: null }),
  running('skewed', '2026-04-10T14:00:00.000Z'),
]);
const active = [created, removed, other].flatMap(({ invocation: of, jobs }) => jobs.map((row) => ({ invocation: of, row })));

test.each<[string, CancelFilter, string[]]>([
  ['nothing', {}, ['build', 'lint', 'stop', 'serve', 'deploy', 'skewed']],
  ['an invocation', { invocation: 'aaaa000000000000' as InvocationId }, ['build', 'lint']],
  ['a worktree, pending jobs too', { worktree: 'feat/x' }, ['serve', 'deploy', 'skewed']],
  ['a worktree by its whole label', { worktree: 'feat' }, []],
  ['a hook', { hook: 'worktree-pre-remove' }, ['stop']],
  ['an age, which pending jobs do not have', { olderThanSecs: 1800 }, ['build', 'stop', 'serve']],
  ['an age of nothing', { olderThanSecs: 0 }, ['build', 'lint', 'stop', 'serve']],
  ['worktree and hook', { worktree: 'main', hook: 'worktree-post-create' }, ['build', 'lint']],
  ['worktree and age', { worktree: 'main', olderThanSecs: 1801 }, ['build']],
  ['all of them', { invocation: 'aaaa000000000000' as InvocationId, worktree: 'main', hook: 'worktree-post-create', olderThanSecs: 60 }, ['build']],
  ['what excludes one another', { invocation: 'aaaa000000000000' as InvocationId, worktree: 'feat/x' }, []],
])('%s', (_, filter, names) => {
  expect(selectForCancel(active, filter, now).map(({ row }) => row.name)).toEqual(names);
});
