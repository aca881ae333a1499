import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryHome, writeFiles } from '../support';

test('worktrees that git links by relative paths survive every conversion, with their changes', async ({ skip }) => {
  await using home = await temporaryHome();
  const app = join(home.work, 'app');
  mkdirSync(app);
  await home.git(app, 'init', '--quiet');
  await home.git(app, 'config', 'worktree.useRelativePaths', 'true');
  writeFiles(app, { a: 'a\n' });
  await home.git(app, 'add', '.');
  await home.git(app, 'commit', '--quiet', '-m', 'first');
  await home.git(app, 'worktree', 'add', '--quiet', '-b', 'one', '../app.one');
  if (!readFileSync(join(home.work, 'app.one/.git'), 'utf8').startsWith('gitdir: ..')) {
    process.stderr.write('SKIPPED relative links: this git does not know worktree.useRelativePaths (2.48)\n');
    skip();
  }
  const one = { sibling: join(home.work, 'app.one'), contained: join(app, 'one') };
  for (const worktree of [app, one.sibling]) writeFiles(worktree, { a: 'changed\n', u: 'u\n' });
  const status = ' M a\n?? u';
  const convert = async (cwd: string, ...args: string[]) => expect(await home.daft(args, { cwd }), args.join(' ')).toMatchObject({ exitCode: 0 });
  const check = async (...worktrees: string[]) => {
    for (const worktree of worktrees) expect(await home.git(worktree, 'status', '--porcelain'), worktree).toBe(status);
  };

  await convert(app, 'layout', 'transform', 'contained', '--force');
  await check(join(app, 'main'), one.contained);
  await convert(one.contained, 'layout', 'transform', 'contained-classic', '--force');
  await check(join(app, 'main'), one.contained);
  await convert(one.contained, 'layout', 'transform', 'sibling', '--force');
  await check(app, one.sibling);
  await convert(app, 'adopt');
  await check(join(app, 'main'), one.sibling);
  writeFileSync(join(one.sibling, 'more'), '');
  await convert(join(app, 'main'), 'eject', '--force');
  await check(app);
});
