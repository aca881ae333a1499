import { expect, test } from 'vitest';
import { completeJobs } from '../../src/jobs/complete';
import type { JobsContext } from '../../src/jobs/complete';
import { candidateLines } from '../../src/output/jobs';
import { historyOf, invocation, job } from './history';

const now = new Date('2026-04-10T14:01:00.000Z');
const failed = (name: string) => job(name, { status: 'failed' });
const history = historyOf(
  invocation('1f2b', 'main', [failed('build')], { hookType: 'post-clone', trigger: 'post-clone', createdAt: new Date('2026-04-08T14:00:00Z') }),
  invocation('77aa', 'feature/x', [failed('lint'), failed('test')], { createdAt: new Date('2026-04-10T13:50:00Z') }),
  invocation('c9d4', 'main', ['install', failed('build'), job('e2e', { status: 'pending', startedAt: null })], {
    createdAt: new Date('2026-04-10T13:58:00Z'),
  }),
);

function lines(context: JobsContext, word: string): string[] {
  return candidateLines(completeJobs(context, word, { history, here: 'main' }), now);
}

test('an address begins with a job of the newest invocation, an invocation, or another worktree', () => {
  expect(lines('hooks-jobs-job', '')).toEqual([
    'JOB\tinstall\tinstall  ✓ completed -- 2h ago [c9d4]',
    'JOB\tbuild\tbuild    ✗ failed    -- 2h ago [c9d4]',
    'JOB\te2e\te2e      ○ pending             [c9d4]',
    'INV\t1f2b\t1f2b  post-clone           -- 2d ago (1 job) ',
    'INV\tc9d4\tc9d4  worktree-post-create -- 3m ago (3 jobs)',
    'WT\tfeature/x:\tfeature/x:  worktree 1 invocation, 11m ago',
  ]);
  expect(lines('hooks-jobs-job', 'f')).toEqual(['WT\tfeature/x:\tfeature/x:  worktree 1 invocation, 11m ago']);
});

test('after a colon come the jobs of an invocation here, or the invocations of a worktree', () => {
  expect(lines('hooks-jobs-job', 'c9d4:b')).toEqual(['JOB\tc9d4:build\tc9d4:build  ✗ failed']);
  // What does not begin as the word does, no shell would take.
  expect(lines('hooks-jobs-job', 'C9:b')).toEqual(['JOB\tC9:build\tC9:build  ✗ failed']);
  expect(lines('hooks-jobs-job', 'feature/x:')).toEqual(['INV\tfeature/x:77aa\tfeature/x:77aa  worktree-post-create -- 11m ago']);
  expect(lines('hooks-jobs-job', 'feature/x:77aa:t')).toEqual(['JOB\tfeature/x:77aa:test\tfeature/x:77aa:test  ✗ failed']);
  expect(lines('hooks-jobs-job', 'a:b:c:d')).toEqual([]);
});

test('names of jobs may have colons', () => {
  const colons = historyOf(invocation('ab12', 'main', ['x:1:a', 'x:1:b', 'other']));
  const values = (word: string) => {
    const { candidates } = completeJobs('hooks-jobs-job', word, { history: colons, here: 'main' });
    return candidates.map(({ value }) => value);
  };
  expect(values('x:')).toEqual(['x:1:a', 'x:1:b']);
  expect(values('x:1:b')).toEqual(['x:1:b']);
  expect(values('ab12:x:1:')).toEqual(['ab12:x:1:a', 'ab12:x:1:b']);
  expect(values('main:ab12:x:1:a')).toEqual(['main:ab12:x:1:a']);
});

test('a job whose name begins like an option is offered with its invocation, once', () => {
  const dashed = historyOf(invocation('ab12', 'main', [failed('-x'), failed('a')]));
  const values = (context: JobsContext, word: string) => completeJobs(context, word, { history: dashed, here: 'main' }).candidates.map(({ value }) => value);
  expect(values('hooks-jobs-job', '')).toEqual(['ab12:-x', 'a', 'ab12']);
  expect(values('hooks-jobs-job', 'ab12:')).toEqual(['ab12:-x', 'ab12:a']);
  expect(values('hooks-jobs-retry', '')).toEqual(['worktree-post-create', 'ab12', 'ab12:-x', 'a']);
});

test('what can be retried: hooks, invocations, jobs of the newest invocation with failures', () => {
  expect(lines('hooks-jobs-retry', '')).toEqual([
    'post-clone\t          hook -- 1 failed across 1 invocation',
    'worktree-post-create\thook -- 1 failed across 1 invocation',
    '1f2b\t                invocation -- post-clone, 1 failed, 2d ago',
    'c9d4\t                invocation -- worktree-post-create, 1 failed, 3m ago',
    'build\t               job -- failed in c9d4, 2h ago',
  ]);
});

test('worktrees and hooks of the whole history', () => {
  expect(lines('hooks-jobs-retry-worktree', '')).toEqual(['feature/x\tworktree\t2 failed, 11m ago', 'main\t     worktree\t2 failed, 3m ago']);
  expect(lines('hooks-jobs-worktree', '')).toEqual(['feature/x\tworktree\t1 invocation, 11m ago', 'main\t     worktree\t2 invocations, 3m ago']);
  expect(lines('hooks-jobs-hook-filter', 'w')).toEqual(['worktree-post-create\thook\t2 invocations']);
});
