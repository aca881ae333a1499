import { expect, test } from 'vitest';
import { allJobs } from '../../src/config/daft-yml';
import { knownKeys, parseText } from '../../src/config/grammar';
import { findObstacle } from '../../src/hooks/conditions';
import type { Probes } from '../../src/hooks/conditions';
import { expandJobs } from '../../src/hooks/expand';
import { modeOf, resolveJobs, weedOut } from '../../src/hooks/resolve';
import { selectJobs } from '../../src/hooks/select';
import { validateConfig } from '../../src/hooks/validation';

const probes: Probes = { os: 'linux', env: () => undefined, ref: async () => 'main', inState: async () => false, succeeds: async () => false };

/** All that becomes of a file before its jobs run. */
async function whatBecomesOf(yaml: string, changed?: ReadonlySet<'path' | 'branch'>): Promise<unknown> {
  const parsed = parseText('config', yaml, 'x');
  if (parsed.kind !== 'parsed') throw new Error(parsed.message);
  const config = parsed.content!;
  const hook = config.hooks?.['post-clone'] ?? { unknownKeys: [] };
  const mode = modeOf(hook);
  const obstacle = await findObstacle(hook, probes);
  const selected = selectJobs(expandJobs(allJobs(hook)), hook, { changed });
  if (selected.kind === 'none') return { mode, obstacle, selected };
  const { runnable, skipped } = await weedOut(selected.jobs, { hook, arch: 'x86_64', probes });
  const resolution = resolveJobs(runnable, { hookName: 'post-clone', hook, config, os: 'linux', hookDir: '/w', variables: {}, templateValues: { branch: 'b' }, skipped });
  return { mode, obstacle, resolution, skipped };
}

type Example = [field: string, without: string, withField: string];
const inHook = (text: string) => `hooks: {post-clone: {${text}}}`;
const hook = (field: string, value: string, beside = 'jobs: [{name: a, run: x, tags: [t]}]'): Example => [field, inHook(beside), inHook(`${field}: ${value}, ${beside}`)];
const job = (field: string, value: string, beside = 'run: x'): Example => [field, inHook(`jobs: [{name: z, run: z}, {${beside}}]`), inHook(`jobs: [{name: z, run: z}, {${beside}, ${field}: ${value}}]`)];
const group = (field: string, value: string, beside = ''): Example => job('group', `{${field}: ${value}${beside}}`, 'name: g');
const command = (field: string, value: string, beside = ''): Example => [field, inHook(`commands: {c: {${beside}}}`), inHook(`commands: {c: {${beside}${field}: ${value}}}`)];
const rule = (field: string, value: string): Example => [field, inHook('jobs: [{run: x, only: [{}]}]'), inHook(`jobs: [{run: x, only: [{${field}: ${value}}]}]`)];
const log = (field: string, value: string): Example => [field, inHook('jobs: [{run: x}]'), `log: {${field}: ${value}}\n${inHook('jobs: [{run: x}]')}`];
const config = (field: string, value: string, beside: string): Example => [field, beside, `${field}: ${value}\n${beside}`];

const examples = {
  config: [
    config('hooks', '{post-clone: {jobs: [{run: x}]}}', 'colors: true'),
    config('rc', 'rc.sh', inHook('jobs: [{run: x}]')),
    config('source_dir', 'tools', inHook('jobs: [{script: x}]')),
    config('log', '{retention: 1d}', inHook('jobs: [{run: x}]')),
  ],
  hook: [
    hook('jobs', '[{run: x}]', ''), hook('parallel', 'false'), hook('piped', 'true'), hook('follow', 'true'), hook('background', 'true'),
    hook('exclude_tags', '[t]'), hook('skip', 'true'), hook('only', 'false'), hook('commands', '{c: {run: y}}'),
  ],
  job: [
    job('name', 'other'), job('description', 'about'), job('run', 'x', 'name: a'), job('script', 's', 'name: a'), job('runner', 'sh', 'script: s'), job('args', 'y', 'script: s'),
    job('root', 'sub'), job('env', '{A: "{branch}"}'), job('skip', 'true'), job('only', 'false'), job('os', 'macos'), job('arch', 'aarch64'), job('needs', '[z]'), job('priority', '-1'),
    job('interactive', 'true'), job('timeout', '1s'), job('fail_text', 'sorry'), job('background', 'true'), job('background_output', 'silent'), job('log', '{retention: 1d}'),
  ],
  group: [group('jobs', '[{run: x}]'), group('parallel', 'false', ', jobs: [{name: m, run: x}, {name: n, run: x}]'), group('piped', 'true', ', jobs: [{name: m, run: x}, {name: n, run: x}]')],
  command: [command('run', 'x'), command('script', 's'), command('runner', 'sh', 'script: s, '), command('skip', 'true', 'run: x, '), command('env', '{A: b}', 'run: x, ')],
  rule: [rule('ref', 'other'), rule('env', 'UNSET'), rule('run', '"false"')],
  os: (['macos', 'linux', 'windows'] as const).map((os): Example => [os, inHook('jobs: [{run: {}}]'), inHook(`jobs: [{run: {${os}: x}}]`)]),
  log: [log('retention', '1d'), log('max_log_size', '1KB'), log('max_total_size', '1MB'), log('keep_last', '9'), log('stale_running_after', '1h')],
} satisfies Record<keyof typeof knownKeys, Example[]>;

/** Where a field shows only later, or to somebody else: the test that would miss it. */
const elsewhere: Record<keyof typeof knownKeys, Record<string, string>> = {
  config: {
    output: 'fire.test', colors: 'fire.test', no_tty: 'fire.test', extends: 'load.test', min_version: 'validation.test',
    layout: 'layout/detect.test', shared: 'load.test', copy: 'copy/create.test', source_dir_local: 'reserved, load.test',
  },
  hook: { fail_mode: 'fire.test', exclude: 'reserved, load.test' },
  job: { tags: 'resolve.test, below', tracks: 'resolve.test, below', group: 'the groups here' },
  group: {}, command: { tags: 'below' }, rule: { desc: 'below' }, os: {}, log: {},
};

test.each(Object.keys(knownKeys) as (keyof typeof knownKeys)[])('every field of %s is looked at somewhere', (place) => {
  const shown = place === 'group' ? ['jobs', 'parallel', 'piped'] : examples[place].map(([field]) => field);
  expect([...shown, ...Object.keys(elsewhere[place])].toSorted()).toEqual([...knownKeys[place]].toSorted());
});

test.each(Object.entries(examples).flatMap(([place, all]) => all.map(([field, without, withField]) => ({ place, field, without, withField }))))(
  '$field of $place makes a difference',
  async ({ place, without, withField }) => {
    // Macos and windows are absent here both times; that there is no difference is what they do.
    const differs = JSON.stringify(await whatBecomesOf(withField)) !== JSON.stringify(await whatBecomesOf(without));
    expect(differs).toBe(place !== 'os' || withField.includes('linux'));
  },
);

test.each([
  ['tags of a job', inHook('exclude_tags: [t], jobs: [{run: x}]'), inHook('exclude_tags: [t], jobs: [{run: x, tags: [t]}]')],
  ['tags of a command', inHook('exclude_tags: [t], commands: {c: {run: x}}'), inHook('exclude_tags: [t], commands: {c: {run: x, tags: [t]}}')],
  ['desc of a rule', inHook('jobs: [{run: x, only: [{env: UNSET}]}]'), inHook('jobs: [{run: x, only: [{env: UNSET, desc: why}]}]')],
])('%s make a difference', async (_what, without, withField) => expect(await whatBecomesOf(withField)).not.toEqual(await whatBecomesOf(without)));

test('tracks of a job make a difference in a move', async () => {
  const changed = new Set(['path'] as const);
  expect(await whatBecomesOf(inHook('jobs: [{run: x, tracks: [path]}]'), changed)).not.toEqual(await whatBecomesOf(inHook('jobs: [{run: x}]'), changed));
});

test('what is reserved is at least known', () => {
  const parsed = parseText('config', `source_dir_local: x\n${inHook('exclude: [a], jobs: []')}`, 'x');
  expect(parsed.kind === 'parsed' && validateConfig(parsed.content!, { version: '0.0.0', suggest: () => undefined })).toEqual([]);
});
