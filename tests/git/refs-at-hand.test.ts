import { appendFileSync, chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createGit, readRefs } from '../../src/git';
import { readRefsAtHand } from '../../src/git/refs-at-hand';
import { temporaryRepository } from '../support';

const asked = ['main', 'x/y', 'x', 'x/y/z', 'é', 'gone'].flatMap((branch) => [`refs/heads/${branch}`, `refs/remotes/origin/${branch}`]);

describe('the refs at hand are those that git finds:', () => {
  const states: [string, (git: (...args: string[]) => Promise<string>) => Promise<unknown>][] = [
    ['loose ones', async () => {}],
    ['packed ones', (git) => git('pack-refs', '--all')],
    ['packed ones that have moved on', async (git) => {
      await git('pack-refs', '--all');
      await git('commit', '--quiet', '--allow-empty', '-m', 'later');
      await git('branch', '--force', 'x/y');
    }],
    ['packed ones among tags', async (git) => {
      await git('tag', '-a', '-m', 'a tag', 'heads/gone');
      await git('tag', 'x');
      await git('pack-refs', '--all');
    }],
    ['packed ones that are gone', async (git) => {
      await git('pack-refs', '--all');
      await git('branch', '-D', 'x/y');
    }],
  ];
  test.for(states)('%s', async ([, prepare]) => {
    await using repo = await temporaryRepository();
    for (const branch of ['x/y', 'é']) await repo.git('branch', branch);
    await repo.git('update-ref', 'refs/remotes/origin/x/y', 'main');
    await prepare((...args) => repo.git(...args));
    const ofGit = (await repo.git('for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads', 'refs/remotes')).split('\n').map((line) => line.split(' '));
    const found = readRefsAtHand(join(repo.path, '.git'), asked);
    expect(found).toBeDefined();
    expect(found).toEqual(new Map(ofGit.flatMap(([name = '', id = '']) => (asked.includes(name) ? [[name, id]] : []))));
  });
});

test('where they are at hand, git is not started', async () => {
  await using repo = await temporaryRepository();
  const withoutGit = createGit({ ...repo.home.env, PATH: '/nowhere' });
  const commonDir = join(repo.path, '.git');
  expect(await readRefs(withoutGit, commonDir, ['refs/heads/main', 'refs/heads/gone'])).toEqual(new Map([['refs/heads/main', await repo.git('rev-parse', 'main')]]));
  await expect(readRefs(withoutGit, commonDir, ['refs/tags/v1'])).rejects.toThrow('git');
});

describe('nothing is at hand, so that git is asked,', () => {
  const extraordinary: [string, (path: (name: string) => string) => void][] = [
    ['where the refs are kept in another way', (path) => appendFileSync(path('config'), '[core]\n\trepositoryformatversion = 1\n[Extensions]\n\trefStorage = reftable\n')],
    ['where there is no configuration', (path) => rmSync(path('config'))],
    ['where one stands for another', (path) => writeFileSync(path('refs/heads/main'), 'ref: refs/heads/x\n')],
    ['where one is damaged', (path) => writeFileSync(path('refs/heads/main'), 'abc\n')],
    ['where one is empty', (path) => writeFileSync(path('refs/heads/main'), '')],
    ['where one is no commit', (path) => writeFileSync(path('refs/heads/main'), `${'0'.repeat(40)}\n`)],
    ['where one leads around in a circle', (path) => (rmSync(path('refs/heads/main')), symlinkSync('main', path('refs/heads/main')))],
    ['where the packed ones are a directory', (path) => (rmSync(path('packed-refs'), { force: true }), mkdirSync(path('packed-refs')))],
    ['where there are too many', (path) => writeFileSync(path('packed-refs'), `# pack-refs with: peeled fully-peeled sorted \n${`${'1'.repeat(40)} refs/tags/t\n`.repeat(25_000)}`)],
  ];
  test.for(extraordinary)('%s', async ([, change]) => {
    await using repo = await temporaryRepository();
    const commonDir = join(repo.path, '.git');
    const names = ['refs/heads/main', 'refs/heads/gone'];
    expect(readRefsAtHand(commonDir, names)).toBeDefined();
    change((name) => join(commonDir, name));
    expect(readRefsAtHand(commonDir, names)).toBeUndefined();
  });

  test.skipIf(process.geteuid?.() === 0)('where one is not ours to read', async () => {
    await using repo = await temporaryRepository();
    chmodSync(join(repo.path, '.git/refs/heads/main'), 0);
    expect(readRefsAtHand(join(repo.path, '.git'), ['refs/heads/main'])).toBeUndefined();
  });

  const strange = [
    'refs/heads/../heads/main', 'refs/heads/./main', 'refs/heads//main', 'refs/heads/', 'refs/heads', 'refs/heads/main/', 'refs/heads/main.lock',
    'refs/heads/main.lock/x', 'refs/heads/m*', 'refs/heads/main~1', 'refs/heads/main^{commit}', 'refs/heads/@{-1}:', 'refs/heads/a b', 'refs/heads/a\nb',
    'refs/tags/v1', 'refs/bisect/bad', 'HEAD', 'main', '../refs/heads/main',
  ];
  test.for(strange)('for the name %j', async (name) => {
    await using repo = await temporaryRepository();
    writeFileSync(join(repo.path, '.git/refs/heads/main.lock'), `${await repo.git('rev-parse', 'main')}\n`);
    expect(readRefsAtHand(join(repo.path, '.git'), ['refs/heads/main', name])).toBeUndefined();
  });
});
