import { describe, expect, test } from 'vitest';
import { allJobs } from '../../src/config/daft-yml';
import { parseText } from '../../src/config/grammar';
import type { Probes } from '../../src/hooks/conditions';
import { expandJobs } from '../../src/hooks/expand';
import { modeOf, resolveJobs, weedOut } from '../../src/hooks/resolve';
import { selectJobs } from '../../src/hooks/select';
import type { Selection } from '../../src/hooks/select';
import type { ResolvedJob, SkippedJob } from '../../src/hooks/types';

const nowhere: Probes = {
  os: 'linux',
  env: (name) => (name === 'SET' ? '1' : undefined),
  ref: async () => 'main',
  inState: async () => false,
  succeeds: async () => false,
};

interface Given {
  arch?: string;
  os?: Probes['os'];
  selection?: Selection;
  changed?: Set<'path' | 'branch'>;
  top?: string;
}

type Outcome =
  | { kind: 'none'; reason: string }
  | { kind: 'fault'; message: string }
  | { kind: 'jobs'; jobs: readonly ResolvedJob[]; skipped: readonly SkippedJob[]; warnings: readonly string[]; policy: object };

/** From the text of one hook to its jobs, by the same way as a firing goes. */
async function resolve(hookYaml: string, given: Given = {}): Promise<Outcome> {
  const parsed = parseText('config', `${given.top ?? ''}\nhooks:\n  post-clone:\n${hookYaml.replace(/^/gm, '    ')}`, 'x');
  if (parsed.kind !== 'parsed') throw new Error(parsed.message);
  const config = parsed.content!;
  const hook = config.hooks!['post-clone']!;
  const selected = selectJobs(expandJobs(allJobs(hook)), hook, given);
  if (selected.kind === 'none') return selected;
  const probes = { ...nowhere, os: given.os ?? nowhere.os };
  const { runnable, skipped } = await weedOut(selected.jobs, { hook, arch: given.arch ?? 'x86_64', probes });
  const resolution = resolveJobs(runnable, {
    hookName: 'post-clone',
    hook,
    config,
    os: probes.os,
    hookDir: '/w',
    variables: { DAFT_HOOK: 'post-clone' },
    templateValues: { branch: 'feat/x', worktree_path: '/w', worktree_root: '/p', worktree_slug: 'feat-x' },
    skipped,
  });
  return resolution.kind === 'fault' ? resolution : { ...resolution, kind: 'jobs', skipped };
}

async function jobs(hookYaml: string, given: Given = {}): Promise<readonly ResolvedJob[]> {
  const outcome = await resolve(hookYaml, given);
  if (outcome.kind !== 'jobs') throw new Error(JSON.stringify(outcome));
  return outcome.jobs;
}

const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);
const graph = (list: readonly ResolvedJob[]) => Object.fromEntries(list.map(({ name, needs }) => [name, needs]));

describe('every field of a job does what it says', () => {
  test.each<[string, Partial<ResolvedJob>]>([
    ['{name: a, run: x}', { name: 'a', command: 'x', workingDir: '/w', description: null, background: false, interactive: false, backgroundOutput: 'log', timeoutSecs: null, failText: null }],
    ['{run: x}', { name: '(unnamed)' }],
    ['{run: x, description: about}', { description: 'about' }],
    ['{run: {linux: [one, two], macos: m}}', { command: 'one && two' }],
    ['{script: s.sh}', { command: '.daft/s.sh' }],
    ['{script: s.sh, runner: bash -e, args: "{branch} *"}', { command: 'bash -e .daft/s.sh feat/x *' }],
    ['{script: s.sh, root: sub}', { command: '/w/.daft/s.sh', workingDir: '/w/sub' }],
    ['{run: x, root: /abs}', { workingDir: '/abs' }],
    ['{run: x, root: "{worktree_root}/shared"}', { workingDir: '/p/shared' }],
    ['{run: x, root: "{job_name}", name: web}', { workingDir: '/w/web' }],
    ['{run: x, env: {DB: "app_{worktree_slug}", J: "{job_name} {other}"}, name: a}', { env: { DAFT_HOOK: 'post-clone', DB: 'app_feat-x', J: 'a {other}' } }],
    ['{run: x, env: {A: "{branch}", DAFT_HOOK: mine}}', { env: { A: 'feat/x', DAFT_HOOK: 'mine' } }],
    ['{run: "echo {branch} {job_name} {unknown} {worktree_root}", name: a}', { command: 'echo feat/x a {unknown} /p' }],
    ['{run: x, interactive: true}', { interactive: true }],
    ['{run: x, timeout: 5m}', { timeoutSecs: 300 }],
    ['{run: x, timeout: 0s}', { timeoutSecs: 0 }],
    ['{run: x, fail_text: "see {branch}"}', { failText: 'see {branch}' }],
    ['{run: x, background: true}', { background: true }],
    ['{run: x, background: true, background_output: silent}', { backgroundOutput: 'silent' }],
    ['{run: x, log: {retention: 1d, max_log_size: 1KB}}', { retentionSeconds: 86_400, maxLogSizeBytes: 1024 }],
  ])('%s', async (job, expected) => expect((await jobs(`jobs: [${job}]`))[0]).toMatchObject(expected));

  test('env goes over the variables of the hook and never loses them', async () => {
    expect((await jobs('jobs: [{run: x, env: {A: b}}]'))[0]?.env).toEqual({ DAFT_HOOK: 'post-clone', A: 'b' });
  });

  test('rc is sourced before, with ./ where it has no slash', async () => {
    expect((await jobs('jobs: [{run: x}]', { top: 'rc: setup.sh' }))[0]?.command).toBe('. ./setup.sh && x');
    expect((await jobs('jobs: [{run: x}]', { top: 'rc: ~/setup.sh' }))[0]?.command).toBe('. ~/setup.sh && x');
    expect((await jobs('jobs: [{run: x, root: sub}]', { top: 'rc: setup.sh' }))[0]?.command).toBe('. /w/setup.sh && x');
    expect((await jobs('jobs: [{run: x, root: sub}]', { top: 'rc: $HOME/setup.sh' }))[0]?.command).toBe('. $HOME/setup.sh && x');
  });

  test('source_dir is where scripts lie', async () => {
    expect((await jobs('jobs: [{script: s.sh}]', { top: 'source_dir: tools/ci' }))[0]?.command).toBe('tools/ci/s.sh');
    expect((await jobs('jobs: [{script: s.sh}]', { top: 'source_dir: .' }))[0]?.command).toBe('./s.sh');
  });

  test('the hook decides where a job is silent about background', async () => {
    expect((await jobs('background: true\njobs: [{name: a, run: x}, {name: b, run: x, background: false}]')).map(({ background }) => background)).toEqual([true, false]);
  });

  test('priority orders, lower first, and position among equals', async () => {
    expect(names(await jobs('jobs: [{name: a, run: x, priority: 2}, {name: b, run: x}, {name: c, run: x, priority: -1}, {name: d, run: x}]'))).toEqual(['c', 'b', 'd', 'a']);
  });

  test('inserted text is not filled again', async () => {
    expect((await jobs('jobs: [{name: "{branch}", run: "echo {job_name}"}]'))[0]?.command).toBe('echo {branch}');
  });
});

describe('what takes a job out', () => {
  test.each([
    ['{name: a, run: {macos: x}}', 'skip: platform-specific run has no entry for linux'],
    ['{name: a, run: x, os: [macos, windows]}', 'not on macos/windows (current: linux)'],
    ['{name: a, run: x, os: macos, arch: aarch64}', 'not on macos (current: linux)'],
    ['{name: a, run: x, arch: aarch64}', 'not on aarch64 (current: x86_64)'],
    ['{name: a, run: x, skip: SET}', 'skip: env $SET is set'],
    ['{name: a, run: x, only: [{env: UNSET}]}', 'only: env $UNSET is not set'],
    ['{name: g, os: macos, group: {jobs: [{name: a, run: x}]}}', 'not on macos (current: linux)'],
    ['{name: g, skip: true, group: {jobs: [{group: {jobs: [{name: a, run: {macos: x}}]}}]}}', 'skip: true'],
    ['{name: g, arch: aarch64, group: {jobs: [{name: a, run: x}]}}', 'not on aarch64 (current: x86_64)'],
    ['{name: g, only: false, group: {jobs: [{name: a, run: x}]}}', 'only: false'],
  ])('%s', async (job, reason) => {
    expect(await resolve(`background: true\njobs: [${job}, {name: b, run: x}]`)).toMatchObject({ skipped: [{ name: 'a', background: true, reason }], jobs: [{ name: 'b' }] });
  });

  test('a need of it counts as satisfied, and is not recorded', async () => {
    const [job] = await jobs('jobs: [{name: a, run: x, skip: true}, {name: b, run: x, needs: [a]}]');
    expect(job).toMatchObject({ name: 'b', needs: [], declaredNeeds: [] });
  });

  test('tags that the hook excludes, the name and tags that a user asks for', async () => {
    const three = 'jobs: [{name: a, run: x, tags: [slow, ci]}, {name: b, run: x, tags: [ci]}, {name: c, run: x}]';
    expect(names(await jobs(`exclude_tags: [slow]\n${three}`))).toEqual(['b', 'c']);
    expect(names(await jobs(three, { selection: { job: 'b', tags: [] } }))).toEqual(['b']);
    expect(names(await jobs(three, { selection: { tags: ['slow', 'other'] } }))).toEqual(['a']);
    expect(await resolve('exclude_tags: [x]\njobs: [{run: x, tags: [x]}]')).toEqual({ kind: 'none', reason: 'All jobs excluded by tags' });
    expect(await resolve('jobs: []')).toEqual({ kind: 'none', reason: 'No jobs defined' });
  });

  test('a need of a job that was not selected is ignored but recorded', async () => {
    const [job] = await jobs('jobs: [{name: a, run: x}, {name: b, run: x, needs: [a]}]', { selection: { job: 'b', tags: [] } });
    expect(job).toMatchObject({ name: 'b', needs: [], declaredNeeds: ['a'] });
  });
});

describe('moves', () => {
  const hook = [
    'jobs:',
    '  - {name: says-path, run: x, tracks: [path]}',
    '  - {name: implies-path, run: "x {worktree_path}", needs: [tool]}',
    '  - {name: implies-branch, script: s, args: "{branch}"}',
    '  - {name: implies-elsewhere, run: {macos: "{worktree_branch}", linux: x}}',
    '  - {name: implies-in-env, run: x, env: {DB: "{worktree_slug}"}, root: "{worktree_path}/db"}',
    '  - {name: variable, run: "echo $DAFT_WORKTREE_PATH"}',
    '  - {name: tool, run: x, needs: [deep]}',
    '  - {name: deep, run: x}',
    '  - {name: dependent, run: x, needs: [says-path]}',
    '  - {name: group, tracks: [path], group: {jobs: [{name: member, run: x}]}}',
  ].join('\n');

  test.each<[('path' | 'branch')[], string[]]>([
    [['path'], ['says-path', 'implies-path', 'implies-in-env', 'tool', 'deep']],
    [['branch'], ['implies-branch', 'implies-elsewhere', 'implies-in-env']],
    [['path', 'branch'], ['says-path', 'implies-path', 'implies-branch', 'implies-elsewhere', 'implies-in-env', 'tool', 'deep']],
  ])('%s', async (changed, expected) => expect(names(await jobs(hook, { changed: new Set(changed) }))).toEqual(expected));

  test('when nothing is touched', async () => {
    expect(await resolve('jobs: [{run: x}]', { changed: new Set(['path'] as const) })).toEqual({ kind: 'none', reason: 'No jobs match changed attributes' });
  });
});

describe('names and needs', () => {
  test('later holders of a name get a number, past names that exist; a need means the last', async () => {
    const list = await jobs('jobs: [{name: a, run: x}, {name: a, run: x}, {name: a-2, run: x}, {run: x}, {run: x}, {name: b, run: x, needs: [a]}]');
    expect(names(list)).toEqual(['a', 'a-3', 'a-2', '(unnamed)', '(unnamed)-2', 'b']);
    expect(list.at(-1)?.needs).toEqual(['a-3']);
  });

  test.each([
    ['jobs: [{name: a, run: x, needs: [b]}]', "node 'a' depends on 'b', which does not exist"],
    ['jobs: [{name: a, run: x, needs: [b]}, {name: b, run: x, needs: [a]}]', 'dependency graph contains a cycle'],
    ['jobs: [{name: a, run: x, needs: [a]}]', 'dependency graph contains a cycle'],
    ['jobs: [{name: g, group: {jobs: [{name: a, run: x, needs: [g]}]}}]', 'dependency graph contains a cycle'],
    ['jobs: [{name: a}]', "hooks.post-clone.jobs[a]: Job must have 'run', 'script', or 'group'"],
    ['jobs: [{name: a, run: x, script: y}]', "hooks.post-clone.jobs[a]: 'run' and 'script' are mutually exclusive"],
  ])('%s', async (hook, message) => expect(await resolve(hook)).toEqual({ kind: 'fault', message }));

  test('a job that does not take part may need what it likes', async () => {
    expect(names(await jobs('jobs: [{name: a, run: x, skip: true, needs: [nowhere]}, {name: b, run: x}]'))).toEqual(['b']);
  });
});

describe('groups', () => {
  test('lend env, root, tags, background and priority to members that are silent, and their needs to all', async () => {
    const [tool, silent, own] = await jobs(
      'jobs:\n- {name: tool, run: x}\n- name: g\n  needs: [tool]\n  env: {A: g, B: g}\n  root: sub\n  background: true\n  priority: 3\n  group:\n    jobs:\n    - {name: silent, run: x}\n    - {name: own, run: x, env: {A: own}, root: other, background: false, needs: [silent]}',
    );
    expect(tool?.needs).toEqual([]);
    expect(silent).toMatchObject({ env: { A: 'g', B: 'g' }, workingDir: '/w/sub', background: true, needs: ['tool'] });
    expect(own).toMatchObject({ env: { A: 'own', B: 'g' }, workingDir: '/w/other', background: false, needs: ['tool', 'silent'] });
  });

  test('tags of a group are its members’ where they have none', async () => {
    expect(names(await jobs('exclude_tags: [t]\njobs: [{tags: [t], group: {jobs: [{name: a, run: x}, {name: b, run: x, tags: [u]}]}}]'))).toEqual(['b']);
  });

  test('a need of a group is a need of all its members, nested ones too', async () => {
    expect(graph(await jobs('jobs: [{name: g, group: {jobs: [{name: a, run: x}, {group: {jobs: [{name: b, run: x}]}}]}}, {name: c, run: x, needs: [g]}]'))).toEqual({ a: [], b: [], c: ['a', 'b'] });
  });

  test('piped members need those before', async () => {
    expect(graph(await jobs('jobs: [{group: {piped: true, jobs: [{name: a, run: x}, {group: {jobs: [{name: b, run: x}, {name: c, run: x}]}}, {name: d, run: x}]}}]'))).toEqual({ a: [], b: ['a'], c: ['a'], d: ['a', 'b', 'c'] });
  });

  test('sequential members await the end of those before', async () => {
    const list = await jobs('jobs: [{group: {parallel: false, jobs: [{name: a, run: x}, {name: b, run: x}, {name: c, run: x}]}}, {name: d, run: x}]');
    expect(Object.fromEntries(list.map(({ name, after }) => [name, after]))).toEqual({ a: [], b: ['a'], c: ['a', 'b'], d: [] });
    expect(graph(list)).toEqual({ a: [], b: [], c: [], d: [] });
  });

  test('a group is one step, a plain job has none', async () => {
    const list = await jobs('jobs: [{group: {jobs: [{name: a, run: x}, {name: b, run: x}]}}, {name: c, run: x}, {group: {jobs: [{name: d, run: x}]}}]');
    const [a, b, c, d] = list.map(({ step }) => step);
    expect(a).toBe(b);
    expect(c).toBeNull();
    expect(d).not.toBe(a);
  });
});

describe('log settings', () => {
  test('a job’s own value goes before the top level, field by field', async () => {
    const [a, b] = await jobs('jobs: [{run: x, log: {retention: 1d}}, {run: x}]', { top: 'log: {retention: 2d, max_log_size: 5}' });
    expect(a).toMatchObject({ retentionSeconds: 86_400, maxLogSizeBytes: 5 });
    expect(b).toMatchObject({ retentionSeconds: 172_800, maxLogSizeBytes: 5 });
  });

  test.each([
    ['jobs: [{run: x}, {run: x, log: {keep_last: 9, max_total_size: 1KB, stale_running_after: 1h}}]', '', { keepLast: 9, maxTotalSizeBytes: 1024, staleRunningAfterSeconds: 3600 }],
    ['jobs: [{run: x, log: {keep_last: 8}}, {run: x, log: {keep_last: 9}}]', 'log: {keep_last: 1, max_total_size: 7}', { keepLast: 8, maxTotalSizeBytes: 7, staleRunningAfterSeconds: null }],
    ['jobs: [{run: x, skip: true, log: {keep_last: 9}}]', 'log: {keep_last: 1}', { keepLast: 1, maxTotalSizeBytes: null, staleRunningAfterSeconds: null }],
  ])('%s %s', async (hook, top, policy) => expect(await resolve(hook, { top })).toMatchObject({ policy }));

  test('what cannot be parsed is told and counts as unset', async () => {
    expect(await resolve('jobs: [{name: a, run: x, timeout: 5, log: {retention: soon}}]', { top: 'log: {retention: 1d, max_log_size: big, keep_last: -1}' })).toMatchObject({
      policy: { keepLast: null },
      jobs: [{ timeoutSecs: null, retentionSeconds: 86_400, maxLogSizeBytes: null }],
      warnings: [
        'log.max_log_size: invalid size: big',
        'log.keep_last: invalid count: -1',
        'hooks.post-clone.jobs[a].log.retention: invalid duration: soon (expected suffix d/h/m/s)',
        'hooks.post-clone.jobs[a].timeout: invalid duration: 5 (expected suffix d/h/m/s)',
      ],
    });
  });
});

test.each([
  [{}, 'parallel'],
  [{ parallel: true }, 'parallel'],
  [{ parallel: false }, 'sequential'],
  [{ follow: true }, 'sequential'],
  [{ piped: true, follow: true, parallel: true }, 'piped'],
])('mode of %j', (hook, mode) => expect(modeOf({ ...hook, unknownKeys: [] })).toBe(mode));
