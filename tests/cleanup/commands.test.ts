import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openStore, publishPlan, readJobs, type RepoId, type Store } from '../../src/logstore';
import { bootId, hostName } from '../../src/process';
import { newInvocation } from '../logstore/support';
import { atEveryPassage, temporaryHome, waitFor, type Blow, type TemporaryHome } from '../support';
import { plannedOf, planOf } from '../support/stored';
import { directoriesIn, past, photograph, setPolicy, type PastJob } from './store';

const here = '01890a5d-ac96-774b-bcce-b302099a8057' as RepoId;
const elsewhere = '11890a5d-ac96-774b-bcce-b302099a8058' as RepoId;

/** A repository with an identity, and the store that belongs to it. */
async function repositoryIn(home: TemporaryHome, id = here): Promise<{ path: string; store: Store }> {
  const path = join(home.work, id.slice(0, 2));
  mkdirSync(path);
  await home.git(path, 'init', '--quiet');
  writeFileSync(join(path, '.git/daft-id'), id);
  const store = openStore(home.state, id);
  setPolicy(store, { keep_last: 0 });
  return { path, store };
}

/** Invocations of the distant past. */
function fill(store: Store, ...jobs: readonly Readonly<Record<string, PastJob>>[]): void {
  jobs.forEach((ofOne, at) => past(store, 300 - at, ofOne));
}

describe('daft hooks jobs prune', () => {
  test.each<[string, Readonly<Record<string, PastJob>>[], RegExp]>([
    ['removed jobs', [{ a: {}, b: {} }], /^Removed 2 job\(s\) \(\d\.\d KB freed\)\.\n$/],
    ['removed jobs and cut logs', [{ a: {} }, { b: tooLong(), c: {} }], /^Removed 2 job\(s\) \(\d\.\d KB freed\), truncated 1 log\(s\)\.\n$/],
    ['cut logs only', [{ b: tooLong() }], /^Truncated 1 log\(s\)\.\n$/],
    ['empty invocations only', [{}, {}], /^Removed 2 empty invocation\(s\)\.\n$/],
    ['nothing', [{ a: { retentionSeconds: 999_999_999 } }], /^No old logs to clean\.\n$/],
  ])('says what it did: %s', async (_, jobs, said) => {
    await using home = await temporaryHome();
    const { path, store } = await repositoryIn(home);
    fill(store, ...jobs);
    const ran = await home.daft(['hooks', 'jobs', 'prune'], { cwd: path });
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout).toMatch(said);
  });

  test('of all repositories, those that are gone included, also outside of any', async () => {
    await using home = await temporaryHome();
    const { store } = await repositoryIn(home);
    const other = await repositoryIn(home, elsewhere);
    fill(store, { a: {}, b: {} }, { c: {}, d: { retentionSeconds: 999_999_999 } });
    fill(other.store, { e: {} });
    rmSync(other.path, { recursive: true });
    mkdirSync(join(home.state, 'jobs/not-a-repository/x/y'), { recursive: true });
    const forecast = await home.daft(['hooks', 'jobs', '--all', 'prune', '--dry-run']);
    expect(forecast.stdout).toMatch(/^Would remove 4 job\(s\) across 2 invocation\(s\) \(\d\.\d KB would be freed\):\n/);
    expect(forecast.stdout).toMatch(/^ {2}01890a5d\/feature\/x {2}\[[\da-f]{4}\] {2}a$/m);
    expect(forecast.stdout).toMatch(/^ {2}11890a5d\/feature\/x {2}\[[\da-f]{4}\] {2}e$/m);

    const ran = await home.daft(['hooks', 'jobs', 'prune', '--all']);
    expect(ran.stdout).toMatch(/^Removed 4 job\(s\) across 2 invocation\(s\), freed \d\.\d KB across all repos\.\n$/);
    expect(existsSync(join(home.state, 'jobs/not-a-repository/x/y'))).toBe(true);
    expect(existsSync(join(home.config, 'log-clean.json'))).toBe(false);
  });

  test('a dry run lists what would go, and leaves every file as it is', async () => {
    await using home = await temporaryHome();
    const { path, store } = await repositoryIn(home);
    fill(store, { a: {}, b: { retentionSeconds: 999_999_999 } }, {}, { c: {} });
    const before = photograph(home.state);
    const { stdout } = await home.daft(['hooks', 'jobs', 'prune', '--dry-run'], { cwd: path });
    expect(photograph(home.state)).toEqual(before);
    expect(stdout).toMatch(/^Would remove 2 job\(s\) across 2 invocation\(s\) \(.* would be freed\):\n(?: {2}feature\/x {2}\[[\da-f]{4}\] {2}(a|\(no jobs\)|c)\n){3}$/);
    expect(stdout).not.toContain('Removed');
    const nothing = await home.daft(['hooks', 'jobs', 'prune', '--dry-run', '--older-than', '9000d'], { cwd: path });
    expect(nothing.stdout).toBe('No candidates for removal.\n');
  });

  test.each([
    ['30', 'Error: invalid duration: 30 (expected suffix d/h/m/s)\n'],
    ['x', 'Error: invalid duration: x (expected suffix d/h/m/s)\n'],
  ])('--older-than %s is refused', async (value, told) => {
    await using home = await temporaryHome();
    const { path } = await repositoryIn(home);
    expect(await home.daft(['hooks', 'jobs', 'prune', '--older-than', value], { cwd: path })).toMatchObject({ exitCode: 1, stdout: '', stderr: told });
  });

  test('a repository without history has nothing to clean, and outside of any it is refused', async () => {
    await using home = await temporaryHome();
    await home.git(home.work, 'init', '--quiet', 'new');
    expect((await home.daft(['hooks', 'jobs', 'prune'], { cwd: join(home.work, 'new') })).stdout).toBe('No old logs to clean.\n');
    expect(existsSync(join(home.work, 'new/.git/daft-id'))).toBe(false);
    expect((await home.daft(['hooks', 'jobs', 'prune'])).stderr).toContain('Are you inside a git repository?');
  });

  test('spares what is pinned, until it is no more', async () => {
    await using home = await temporaryHome();
    const { path, store } = await repositoryIn(home);
    fill(store, { build: {}, test: {} });
    const [id = ''] = directoriesIn(store.dir);
    const jobs = (...args: string[]) => home.daft(['hooks', 'jobs', ...args], { cwd: path });
    expect(await jobs('pin')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('pin requires a job address or --inv') as string });
    const title = `invocation ${id.slice(0, 4)} (feature/x, worktree-post-create)\n`;
    expect((await jobs('pin', id.slice(0, 8))).stdout).toBe(`Pinned ${title}`);
    expect((await jobs('pin', 'feature/x:build')).stdout).toBe(`Already pinned: ${title}`);
    expect((await jobs('prune', '--older-than', '0s')).stdout).toBe('No old logs to clean.\n');
    expect((await jobs('unpin', '--inv', id)).stdout).toBe(`Unpinned ${title}`);
    expect((await jobs('unpin', '--inv', id)).stdout).toBe(`Not pinned: ${title}`);
    expect((await jobs('prune')).stdout).toMatch(/^Removed 2 job/);
  });

  test('has somebody start what is pending, but not from within a background job', async () => {
    await using home = await temporaryHome();
    const { path, store } = await repositoryIn(home);
    const invocation = newInvocation(store);
    const plan = { ...planOf(plannedOf('build', { command: 'true', workingDir: path })), dispatchedAt: new Date(), boot: bootId(), host: hostName() };
    publishPlan(store, invocation, plan, {});

    await home.daft(['hooks', 'jobs', 'prune'], { cwd: path, env: { DAFT_IS_COORDINATOR: '1' } });
    expect(home.processes()).toEqual([]);
    await home.daft(['hooks', 'jobs', 'prune'], { cwd: path });
    await waitFor('the job', () => readJobs(store, invocation.id).some((job) => job.kind === 'recorded' && job.record.status === 'completed'));
  });

  test('its former name warns, and is nowhere shown', async () => {
    await using home = await temporaryHome();
    const { path } = await repositoryIn(home);
    const ran = await home.daft(['hooks', 'jobs', 'clean', '--dry-run'], { cwd: path });
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'No candidates for removal.\n' });
    expect(ran.stderr).toContain('daft hooks jobs prune');
    expect((await home.daft(['hooks', 'jobs', '--help'])).stdout).not.toMatch(/^ +clean/m);
  });

  test('where the state directory is no directory, it fails with the error of the system', async () => {
    await using home = await temporaryHome();
    const { path } = await repositoryIn(home);
    rmSync(home.state, { recursive: true });
    writeFileSync(home.state, '');
    for (const args of [[], ['--all'], ['--dry-run']]) {
      const ran = await home.daft(['hooks', 'jobs', 'prune', ...args], { cwd: path });
      expect(ran).toMatchObject({ exitCode: 1, stdout: '' });
      expect(ran.stderr).toMatch(/^error: ENOTDIR/);
    }
  });
});

describe('daft __clean-logs', () => {
  test('cleans every repository, notes what it did, and a listing of everything tells', async () => {
    await using home = await temporaryHome();
    const { path, store } = await repositoryIn(home);
    const other = await repositoryIn(home, elsewhere);
    fill(store, { a: {}, b: {} }, { keep: { retentionSeconds: 999_999_999 } });
    fill(other.store, { c: {} }, {});
    rmSync(other.path, { recursive: true });
    expect(await home.daft(['__clean-logs'])).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(summary(home)).toEqual({
      version: 1,
      cleaned_at: expect.closeTo(Date.now() / 1000, -2) as number,
      last_summary: { removed_invocations: 3, removed_jobs: 3, freed_bytes: expect.any(Number) as number, reason: 'auto' },
      boot: bootId(),
      up_seconds: expect.closeTo(uptime(), -2) as number,
    });
    expect(existsSync(join(home.config, 'log-clean.lock'))).toBe(false);
    const { stdout } = await home.daft(['hooks', 'jobs', '--all'], { cwd: path });
    expect(stdout).toMatch(/╰─╴\n\nLast log cleanup \d+s ago: removed 3 job log\(s\) \(\d\.\d KB freed\)\n\n$/);
    expect((await home.daft(['hooks', 'jobs', '--worktree', 'feature/x'], { cwd: path })).stdout).not.toContain('Last log cleanup');
  });

  test('after the clock has leaped ahead it removes nothing on that account, and a day later what is old by then', async () => {
    await using home = await temporaryHome();
    const { store } = await repositoryIn(home);
    fill(store, { old: {} });
    mkdirSync(home.config, { recursive: true });
    const stamp = (cleanedSecondsAgo: number, upSecondsAgo: number): void => {
      const now = { version: 1, cleaned_at: Math.floor(Date.now() / 1000) - cleanedSecondsAgo, last_summary: null, boot: bootId(), up_seconds: Math.floor(uptime()) - upSecondsAgo };
      writeFileSync(join(home.config, 'log-clean.json'), JSON.stringify(now));
    };
    stamp(9_999 * 86_400, 60);
    await home.daft(['__clean-logs']);
    expect(directoriesIn(store.dir)).toHaveLength(1);
    stamp(60, 60);
    await home.daft(['__clean-logs']);
    expect(directoriesIn(store.dir)).toHaveLength(0);
  });

  test('where nothing was ever recorded there is no summary, and nothing to tell', async () => {
    await using home = await temporaryHome();
    await home.daft(['__clean-logs']);
    expect(summary(home)).toMatchObject({ version: 1, last_summary: null });
    expect(existsSync(join(home.state, 'jobs'))).toBe(false);
  });

  test('stays away while another one holds the lock, and succeeds one that is dead or has had its time', async () => {
    await using home = await temporaryHome();
    const { store } = await repositoryIn(home);
    fill(store, { a: {} });
    const first = home.start('daft', ['__clean-logs'], { env: { DAFT_FAULT: 'cleanup: removed:stop' } });
    const lock = join(home.config, 'log-clean.lock');
    await waitFor('the first to have removed something', () => existsSync(lock) && directoriesIn(store.dir).length === 0);
    const held = readFileSync(lock, 'utf8');
    fill(store, { b: {} });
    expect(await home.daft(['__clean-logs'])).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(directoriesIn(store.dir)).toHaveLength(1);

    writeFileSync(lock, held.replace(/^\d+/, (seconds) => String(Number(seconds) - 1801)));
    await home.daft(['__clean-logs']);
    expect(directoriesIn(store.dir)).toHaveLength(0);
    first.signal('SIGKILL');
    await first.ended;
    writeFileSync(lock, held);
    fill(store, { c: {} });
    await home.daft(['__clean-logs']);
    expect(directoriesIn(store.dir)).toHaveLength(0);
    expect(existsSync(lock)).toBe(false);
  });

  test('is silent where it cannot note its end', async () => {
    await using home = await temporaryHome();
    writeFileSync(join(home.work, 'file'), '');
    expect(await home.daft(['__clean-logs'], { env: { DAFT_CONFIG_DIR: join(home.work, 'file') } })).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
  });

  test('an ordinary command starts it when it is due, and does not wait', async () => {
    await using home = await temporaryHome();
    const { path, store } = await repositoryIn(home);
    fill(store, { a: {} });
    const stamp = join(home.config, 'log-clean.json');
    mkdirSync(home.config, { recursive: true });
    writeFileSync(stamp, JSON.stringify({ version: 1, cleaned_at: Date.now() / 1000 + 9999 }));
    await home.run('sh', ['-c', 'unset DAFT_NO_LOG_CLEAN; daft hooks jobs'], { cwd: path });
    await waitFor('the note of the clean-up', () => (JSON.parse(readFileSync(stamp, 'utf8')) as { last_summary?: unknown }).last_summary !== undefined);
    await home.waitForQuiet();
    expect(directoriesIn(store.dir)).toEqual([]);
  });
});

// Whatever a clean-up is struck by, nothing that readers see is half there, and the next one finishes it.
test.each<Blow>(['kill', 'ENOSPC', 'EIO', 'short'])('a clean-up struck by %s anywhere is finished by the next', { timeout: 180_000 }, async (blow) => {
  await using home = await temporaryHome();
  const { path, store } = await repositoryIn(home);
  const points = await atEveryPassage(blow, async (fault, passage) => {
    rmSync(store.dir, { recursive: true, force: true });
    setPolicy(store, { keep_last: 1 });
    fill(store, { a: {}, b: { retentionSeconds: 999_999_999 } }, { c: {} }, { d: tooLong() });
    const faultLog = join(home.work, `${passage}.log`);
    await home.daft(['hooks', 'jobs', 'prune'], { cwd: path, env: { ...fault, DAFT_FAULT_LOG: faultLog, DAFT_FAULT_IN: 'command' } });

    const listed = await home.daft(['hooks', 'jobs', '--all', '--format', 'json'], { cwd: path });
    const story = `passage ${passage}: ${readFileSync(faultLog, 'utf8').split('\n').slice(-4).join(', ')}`;
    for (const row of JSON.parse(listed.stdout) as { status: string }[]) expect(row.status, story).toBe('completed');

    const finished = await home.daft(['hooks', 'jobs', 'prune'], { cwd: path });
    expect(finished, story).toMatchObject({ exitCode: 0, stderr: '' });
    const left = directoriesIn(store.dir).flatMap((id) => directoriesIn(join(store.dir, id)).map((dir) => join(store.dir, id, dir)));
    expect(left.map((dir) => dir.slice(-1)).toSorted(), story).toEqual(['b', 'd']);
    const cut = left.find((dir) => dir.endsWith('/d')) ?? '';
    expect(JSON.parse(readFileSync(join(cut, 'meta.json'), 'utf8')), story).toMatchObject({ log_truncated: true, original_size_bytes: 5000 });
    expect(readFileSync(join(cut, 'output.log'), 'utf8'), story).toMatch(/^x{900,}\n\[output truncated at 5000 bytes\]\n$/);
    await home.waitForQuiet(); // what takes longer than a moment is deleted behind the prompt
    expect(readdirSync(store.dir).filter((name) => name.startsWith('.deleting')), story).toEqual([]);
    return { faultLog };
  });
  if (blow === 'kill') expect(points).toEqual(expect.arrayContaining(['cleanup: log cut', 'cleanup: removed', 'index: rebuilt']));
});

test.each([['hooks', 'jobs', 'prune'], ['__clean-logs']])('what a killed command was writing is swept a day later, wherever that was: %s', async (...args) => {
  await using home = await temporaryHome();
  const { path } = await repositoryIn(home);
  expect(await home.daft(['hooks', 'trust', '--force'], { cwd: path })).toMatchObject({ exitCode: 0 }); // now it is known
  const places = [home.state, home.config, join(path, '.git'), join(path, '.git/.daft'), join(path, '.git/.daft/cache/base-lines')];
  const twoDaysAgo = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000);
  for (const place of places) {
    mkdirSync(place, { recursive: true });
    for (const [name, old] of [['.tmp-77-0123456789ab', true], ['.tmp-78-0123456789ab', false], ['.tmp-mine', true]] as const) {
      writeFileSync(join(place, name), 'half of i');
      if (old) utimesSync(join(place, name), twoDaysAgo, twoDaysAgo);
    }
  }
  expect(await home.daft(args, { cwd: path })).toMatchObject({ exitCode: 0, stderr: '' });
  for (const place of places) expect(readdirSync(place).filter((name) => name.startsWith('.tmp-')), place).toEqual(['.tmp-78-0123456789ab', '.tmp-mine']);
});

test('two prunes at once count each job once', async () => {
  await using home = await temporaryHome();
  const { path, store } = await repositoryIn(home);
  fill(store, ...Array.from({ length: 60 }, () => ({ a: {}, b: {} })));
  const ran = await Promise.all([1, 2, 3].map(() => home.daft(['hooks', 'jobs', 'prune'], { cwd: path })));
  const counts = ran.map(({ stdout }) => Number(/^Removed (\d+) job/.exec(stdout)?.[1] ?? 0));
  expect(counts.reduce((sum, count) => sum + count, 0), JSON.stringify(ran)).toBe(120);
  expect(ran.map(({ exitCode, stderr }) => `${exitCode}${stderr}`)).toEqual(['0', '0', '0']);
});

function summary(home: TemporaryHome): unknown {
  return JSON.parse(readFileSync(join(home.config, 'log-clean.json'), 'utf8'));
}

function tooLong(): PastJob {
  return { maxLogSizeBytes: 1024, log: 'x'.repeat(5000), retentionSeconds: 999_999_999 };
}
