import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { launcher, temporaryHome } from '../support';

const overview = /^usage: daft <command> \[<args>\]\n/;
// From this version on Node keeps compiled code by itself, in files of its own making.
const nodeCachesCode = process.versions.node.localeCompare('22.8.0', undefined, { numeric: true }) >= 0;

/** A home in which V8 has not compiled anything of daft yet. */
async function coldHome() {
  const home = await temporaryHome();
  rmSync(home.cache, { recursive: true });
  return home;
}

describe('the launcher', () => {
  test('tells its version', async () => {
    await using home = await temporaryHome();
    const { version } = JSON.parse(readFileSync(join(dirname(launcher), '../package.json'), 'utf8')) as { version: string };
    for (const argument of ['--version', '-V']) {
      expect(await home.daft([argument])).toMatchObject({ exitCode: 0, stdout: `daft ${version}\n`, stderr: '' });
    }
    expect(await home.run('git', ['daft', '--version'])).toMatchObject({ exitCode: 0, stdout: `daft ${version}\n` });
  });

  test('goes by the name of the link it was called through, in a package that is a link itself', async () => {
    await using home = await temporaryHome();
    // npm install -g of a directory: links to a script below a link to the package.
    mkdirSync(join(home.root, 'lib/node_modules'), { recursive: true });
    symlinkSync(join(dirname(launcher), '..'), join(home.root, 'lib/node_modules/daft'));
    mkdirSync(join(home.root, 'npm-bin'));
    const link = (name: string): string => {
      symlinkSync('../lib/node_modules/daft/bin/daft.js', join(home.root, 'npm-bin', name));
      return join(home.root, 'npm-bin', name);
    };
    expect((await home.run(link('daft'), [])).stdout).toMatch(overview);
    expect((await home.run(link('git-daft'), [])).stdout).toContain('   or: git worktree-<command> [<args>]');
    expect(await home.run(link('git-worktree-bogus'), [])).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: "Unknown command: git-worktree-bogus\nRun 'daft --help' or 'git daft --help' for the commands there are.\n",
    });
  });

  test('says how to build what has not been built', async () => {
    await using home = await temporaryHome();
    const bare = join(home.root, 'unbuilt');
    cpSync(launcher, join(bare, 'bin/daft.js'));
    expect(await home.run(join(bare, 'bin/daft.js'), ['list'])).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: `daft has not been built yet. Build it with:\n\n    cd ${bare} && npm ci\n`,
    });
  });

  test('works from a directory that was deleted', async () => {
    await using home = await temporaryHome();
    const ran = await home.run('sh', ['-c', 'mkdir gone && cd gone && rmdir ../gone && daft && daft bogus; echo $?']);
    expect(ran.stdout).toMatch(overview);
    expect(ran.stdout).toMatch(/\n1\n$/);
    expect(ran.stderr).toContain("daft: 'bogus' is not a daft command. See 'daft --help'.\n");
    expect(ran.stderr).not.toContain('uv_cwd');
  });

  test('ends quietly when the reader has gone', async () => {
    await using home = await temporaryHome();
    const ran = await home.run('bash', ['-c', 'set -o pipefail; for i in 1 2 3; do daft | true; echo $?; daft --version | true; echo $?; done']);
    expect(ran).toMatchObject({ stdout: '0\n0\n'.repeat(3), stderr: '' });
  });

  test('says so when standard output takes no more', async () => {
    await using home = await temporaryHome();
    const ran = await home.run('sh', ['-c', 'daft > /dev/full; echo $?']);
    expect(ran.stdout).toBe('1\n');
    expect(ran.stderr).toMatch(/^Error: cannot write to standard output: ENOSPC/);
  });
});

describe.skipIf(nodeCachesCode)('the cache of compiled code', () => {
  test('is private, and used again', async () => {
    await using home = await coldHome();
    await home.daft([]);
    const code = join(home.cache, 'code');
    expect(statSync(code).mode & 0o777).toBe(0o700);
    const files = readdirSync(code);
    expect(files.length).toBeGreaterThan(0);
    const before = files.map((file) => statSync(join(code, file)).mtimeMs);
    expect((await home.daft([])).stdout).toMatch(overview);
    expect(files.map((file) => statSync(join(code, file)).mtimeMs)).toEqual(before);
  });

  test('that was damaged is made anew', async () => {
    await using home = await coldHome();
    await home.daft([]);
    const code = join(home.cache, 'code');
    const [file = ''] = readdirSync(code).filter((name) => name.startsWith('main-'));
    const good = readFileSync(join(code, file));
    const flipped = Buffer.from(good);
    const middle = Math.floor(good.length / 4);
    flipped.writeUInt8(flipped.readUInt8(middle) ^ 0x40, middle);
    for (const damaged of [flipped, good.subarray(0, 1000), good.subarray(0, good.length / 2), Buffer.alloc(0), Buffer.alloc(5000)]) {
      writeFileSync(join(code, file), damaged);
      expect(await home.daft([])).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(overview), stderr: '' });
      expect(readFileSync(join(code, file)).length).toBeGreaterThan(10_000);
    }
  });

  test('that others may write is left alone', async () => {
    await using home = await coldHome();
    const code = join(home.cache, 'code');
    mkdirSync(code, { recursive: true });
    chmodSync(code, 0o777);
    expect((await home.daft([])).exitCode).toBe(0);
    expect(readdirSync(code)).toEqual([]);
  });

  test.each(['/proc/nowhere', '/dev/null', '/does/not/exist'])('may be missing: %s', async (place) => {
    await using home = await temporaryHome();
    expect(await home.daft([], { env: { XDG_CACHE_HOME: place } })).toMatchObject({ exitCode: 0, stderr: '' });
    expect(existsSync('/does')).toBe(false);
  });

  test('is not sought where there is no home', () => {
    const text = execFileSync(process.execPath, [launcher], { env: {}, encoding: 'utf8' });
    expect(text).toMatch(overview);
  });
});
