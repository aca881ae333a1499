/**
 * Repositories as people have them: filters, sparse checkouts, thousands of files, submodules, and worktrees that git alone
 * has made, in any state. daft opens branches in them, takes them through the layouts and back, and removes what it has made;
 * everything else is afterwards as it was.
 */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitIn, inventory, type Inventory } from '../chaos/treasure.mjs';
import { playground, type Playground } from '../create/support';
import { writeFiles } from '../support';

interface Real {
  name: string;
  /** Makes of an ordinary clone in `repo.path` what it is called. */
  make: (repo: Playground) => Promise<void>;
  /** Where it goes through; large ones need not go everywhere. */
  layouts?: readonly string[];
}

const commit = async (repo: Playground, ...options: string[]) => {
  await repo.git('add', '--all');
  await repo.git('commit', '--quiet', '-m', 'real', ...options);
  await repo.git('push', '--quiet', 'origin', 'main');
};

const reals: readonly Real[] = [
  {
    name: 'filters that must run, line ends, idents, and large files that are pointers',
    async make(repo) {
      const filter = join(repo.home.root, 'filter.sh');
      writeFileSync(filter, '#!/bin/sh\nif [ "$1" = clean ]; then sed "s/^/pointer to /"; else sed "s/^pointer to //"; fi\n');
      chmodSync(filter, 0o755);
      for (const [key, value] of [['clean', `'${filter}' clean`], ['smudge', `'${filter}' smudge`], ['required', 'true']] as const) await repo.git('config', `filter.pointer.${key}`, value);
      writeFiles(repo.path, {
        '.gitattributes': '*.big filter=pointer -text\n*.dos text eol=crlf\n*.id ident\n',
        'a.big': 'b'.repeat(200_000),
        'b.dos': 'one\r\ntwo\r\n',
        'c.id': '$Id$\n',
      });
      await commit(repo);
      expect(await repo.git('cat-file', 'blob', 'HEAD:a.big')).toMatch(/^pointer to b/);
    },
  },
  {
    name: 'a sparse checkout, with a configuration per worktree',
    async make(repo) {
      writeFiles(repo.path, { 'in/side': 'i\n', 'out/side': 'o\n' });
      await commit(repo);
      await repo.git('sparse-checkout', 'set', 'in');
      expect(await repo.git('config', 'extensions.worktreeConfig')).toBe('true');
      expect(existsSync(join(repo.path, 'out'))).toBe(false);
    },
  },
  {
    name: 'ten thousand files, three hundred packed branches, worktrees of some',
    layouts: ['contained', 'sibling'],
    async make(repo) {
      await repo.git('config', 'gc.auto', '0'); // which prunes worktrees while we make them
      writeFiles(repo.path, Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`d${i % 100}/f${i}`, `${i}\n`])));
      await commit(repo);
      const head = (await repo.git('rev-parse', 'HEAD')).trim();
      const packed = join(repo.path, '.git/packed-refs');
      const refs = [...readFileSync(packed, 'utf8').split('\n').slice(1, -1), ...Array.from({ length: 300 }, (_, i) => `${head} refs/heads/team/${i}`)];
      const byName = refs.toSorted((one, other) => (one.slice(41) < other.slice(41) ? -1 : 1));
      writeFileSync(packed, `# pack-refs with: peeled fully-peeled sorted \n${byName.join('\n')}\n`);
      for (let i = 0; i < 3; i += 1) await repo.git('worktree', 'add', '--quiet', '--no-checkout', repo.at(`app.team-${i}`), `team/${i}`);
      for (let i = 0; i < 3; i += 1) await repo.home.git(repo.at(`app.team-${i}`), 'sparse-checkout', 'set', '--no-cone', '/a.txt');
    },
  },
  {
    name: 'worktrees that git alone has made: elsewhere, detached, unborn, in a merge and in a bisect',
    async make(repo) {
      writeFiles(repo.path, { 'a.txt': 'main\n' });
      await commit(repo);
      await repo.git('worktree', 'add', '--quiet', '-b', 'outside', repo.at('elsewhere/outside'), 'HEAD~1');
      await repo.git('worktree', 'add', '--quiet', '--detach', repo.at('app-detached'));
      await repo.git('worktree', 'add', '--quiet', '--detach', repo.at('app-unborn'));
      await repo.home.git(repo.at('app-unborn'), 'symbolic-ref', 'HEAD', 'refs/heads/unborn');
      const merging = repo.at('elsewhere/outside');
      writeFiles(merging, { 'a.txt': 'outside\n' });
      await repo.home.git(merging, 'commit', '--quiet', '--all', '-m', 'theirs');
      await expect(repo.home.git(merging, 'merge', '--quiet', 'main')).rejects.toThrow();
      await repo.git('worktree', 'add', '--quiet', '-b', 'searched', repo.at('app-searched'));
      await repo.home.git(repo.at('app-searched'), 'bisect', 'start', 'HEAD', 'HEAD~1');
    },
  },
  {
    name: 'a submodule',
    async make(repo) {
      await repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', repo.remote, 'libs/sub');
      await commit(repo);
    },
  },
];

test.each(reals)('$name', { timeout: 120_000 }, async ({ make, layouts = ['contained', 'contained-classic', 'sibling'] }) => {
  await using repo = await playground();
  await make(repo);
  const git = gitIn(repo.home.env);
  const commonDir = () => [repo.at('app/.git'), repo.at('app/main/.git')].find((path) => existsSync(join(path, 'objects'))) ?? repo.at('app/.git');
  const main = () => (existsSync(repo.at('app/main/.git')) ? repo.at('app/main') : repo.path);
  const done = async (...args: string[]) => {
    const ran = await repo.daftWith({ cwd: main() }, ...args);
    expect({ args, ...ran }).toMatchObject({ exitCode: 0 });
  };
  const before = inventory(commonDir(), git);
  const isWhole = () => expect(git(commonDir(), 'fsck', '--no-progress', '--no-dangling').complaint).toMatch(/^(notice: .* unborn branch .*\n)*$/);
  isWhole();

  await done('start', 'fresh/one');
  await done('go', 'feature/one');
  const opened = inventory(commonDir(), git);
  for (const [branch, upstream] of [['fresh/one', undefined], ['feature/one', 'origin']] as const) {
    expect(opened.worktrees[`refs/heads/${branch}`]?.status.filter((line) => line !== '' && !line.startsWith('1 .M S')), branch).toEqual([]);
    expect(opened.config.filter((line) => line.startsWith(`branch.${branch}.remote=`)), branch).toEqual(upstream === undefined ? [] : [`branch.${branch}.remote=${upstream}`]);
  }
  expect(without(opened, 'fresh/one', 'feature/one')).toEqual(without(before, 'fresh/one', 'feature/one'));

  for (const layout of layouts) {
    await done('layout', 'transform', layout, '--force');
    expect(inventory(commonDir(), git), layout).toEqual(opened);
    isWhole();
  }

  await done('remove', '--force', 'fresh/one', 'feature/one');
  const after = inventory(commonDir(), git);
  expect(without(after, 'fresh/one', 'feature/one')).toEqual(without(before, 'fresh/one', 'feature/one'));
  expect(Object.keys(after.worktrees)).toEqual(Object.keys(before.worktrees));
  isWhole();
});

/** What is there besides these branches, which daft has made. */
function without(all: Inventory, ...branches: string[]): Inventory {
  const names = branches.map((branch) => `refs/heads/${branch}`);
  return {
    ...all,
    worktrees: Object.fromEntries(Object.entries(all.worktrees).filter(([name]) => !names.includes(name))),
    branches: all.branches.split('\n').filter((line) => !names.some((name) => line.startsWith(`${name} `))).join('\n'),
    config: all.config.filter((line) => !branches.some((branch) => line.startsWith(`branch.${branch}.`))),
    locks: all.locks.filter(([name]) => !names.includes(name)),
  };
}
