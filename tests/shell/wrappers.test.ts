import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ShellName, shellNames } from '../../src/shell';
import { temporaryHome, type TemporaryHome } from '../support';
import { shellArguments, shellIsHere } from './shells';

// Stands in for the program: says what it was asked, goes where the test wants, ends as the test wants.
const fakeDaft = `#!/bin/sh
if [ "$1" = shell-init ]; then exec "$REAL_DAFT" "$@"; fi
printf 'daft'; printf ' <%s>' "$@"; printf ' cd-file: %s\\n' "\${DAFT_CD_FILE:+yes}"
if [ -n "$DAFT_CD_FILE" ] && [ -n "$GO_TO" ]; then printf '%s' "$GO_TO" > "$DAFT_CD_FILE"; fi
exit "\${END_WITH:-0}"
`;

interface Stage extends AsyncDisposable {
  home: TemporaryHome;
  /** Runs lines in a shell that has evaluated the integration. */
  shell(shell: ShellName, lines: string, options?: { env?: Record<string, string>; before?: string; flags?: string }): ReturnType<TemporaryHome['run']>;
}
async function openStage(): Promise<Stage> {
  const home = await temporaryHome();
  const fakes = join(home.root, 'fakes');
  mkdirSync(fakes);
  writeFileSync(join(fakes, 'daft'), fakeDaft, { mode: 0o755 });
  const env = { PATH: `${fakes}:${home.env['PATH']}`, REAL_DAFT: join(home.root, 'bin/daft') };
  return {
    home,
    shell(shell, lines, { env: more = {}, before = '', flags = '' } = {}) {
      const init = shell === 'fish' ? `command daft shell-init fish ${flags} | source` : `eval "$(command daft shell-init ${shell} ${flags})"`;
      return home.run(shell, [...shellArguments(shell), '-c', [before, init, lines].join('\n')], { env: { ...env, ...more } });
    },
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  };
}

describe.each(shellNames)('%s', (shell) => {
  const here = test.skipIf(!shellIsHere(shell));

  here('finds no fault in its script, with or without aliases', async () => {
    await using home = await temporaryHome();
    for (const flags of [[], ['--aliases']]) {
      const ran = await home.daft(['shell-init', shell, ...flags]);
      expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
      const script = join(home.work, 'script');
      writeFileSync(script, ran.stdout);
      expect(await home.run(shell, ['-n', script])).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
      expect(ran.stdout.includes('alias gwclone=')).toBe(flags.length > 0);
    }
  });

  here('goes where daft says, whatever its exit code, and passes that on', async () => {
    await using stage = await openStage();
    const target = join(stage.home.root, "it's a $(place) \"here\"");
    mkdirSync(target);
    for (const END_WITH of ['0', '3']) {
      const ran = await stage.shell(shell, `daft start feat/x "two words"; echo "code $${shell === 'fish' ? 'status' : '?'}"; pwd`, { env: { GO_TO: target, END_WITH } });
      expect(ran).toMatchObject({ stdout: `daft <start> <feat/x> <two words> cd-file: yes\ncode ${END_WITH}\n${target}\n`, stderr: '' });
    }
    expect(readdirSync(join(stage.home.root, 'tmp'))).toEqual([]);
  });

  here('stays when daft says nothing, or names what is not there', async () => {
    await using stage = await openStage();
    for (const GO_TO of ['', '/does/not/exist']) {
      const ran = await stage.shell(shell, 'daft go main; pwd', { env: { GO_TO } });
      expect(ran).toMatchObject({ stdout: `daft <go> <main> cd-file: yes\n${stage.home.work}\n`, stderr: '' });
    }
  });

  here('runs without following where no file can be made', async () => {
    await using stage = await openStage();
    const ran = await stage.shell(shell, 'daft go main; echo end', { env: { TMPDIR: '/does/not/exist' } });
    expect(ran).toMatchObject({ stdout: 'daft <go> <main> cd-file: \nend\n', stderr: '' });
  });

  here('wraps what leads somewhere, and leaves the rest alone', async () => {
    await using stage = await openStage();
    const ran = await stage.shell(shell, ['daft hooks jobs', 'daft', 'daft worktree-checkout x', 'git worktree-branch -d y', 'git-worktree-prune', 'git --version'].join('\n'));
    expect(ran.stdout).toMatch(
      /^daft <hooks> <jobs> cd-file: \ndaft <> cd-file: \ndaft <worktree-checkout> <x> cd-file: yes\ndaft <worktree-branch> <-d> <y> cd-file: yes\ndaft <worktree-prune> cd-file: yes\ngit version/,
    );
    expect(ran.stderr).toBe('');
  });

  here('has the short names', async () => {
    await using stage = await openStage();
    const ran = await stage.shell(shell, ['gwtco a', 'gwtcb b c', 'gwtbd d', 'gwtls -v', 'gcbw e', 'gwtrn f g'].join('\n'));
    expect(ran.stdout.replaceAll(' cd-file: yes', '').split('\n')).toEqual([
      'daft <worktree-checkout> <a>',
      'daft <worktree-checkout> <-b> <b> <c>',
      'daft <remove> <d>',
      'daft <worktree-list> <-v>',
      'daft <worktree-checkout> <-b> <e>',
      'daft <rename> <f> <g>',
      '',
    ]);
  });

  here('knows the default branch of the remote, or says that it does not', async () => {
    await using stage = await openStage();
    const { home } = stage;
    await home.git(home.work, 'init', '--quiet', 'repo');
    const repo = join(home.work, 'repo');
    const lost = await stage.shell(shell, `cd repo; gwtcm; echo "code $${shell === 'fish' ? 'status' : '?'}"`);
    expect(lost).toMatchObject({ stdout: 'code 1\n', stderr: 'error: could not determine default branch\n' });

    await home.git(repo, 'symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk/main');
    await home.git(repo, 'symbolic-ref', 'refs/remotes/up/HEAD', 'refs/remotes/up/devel');
    const found = await stage.shell(shell, 'cd repo; gwtcm -v; gwtcbm new; git config daft.remote up; gcbdw new');
    expect(found.stdout.replaceAll(' cd-file: yes', '')).toBe(
      'daft <worktree-checkout> <trunk/main> <-v>\ndaft <worktree-checkout> <-b> <new> <trunk/main>\ndaft <worktree-checkout> <-b> <new> <devel>\n',
    );
  });

  here('may be set up twice, over aliases of the same names', async () => {
    await using stage = await openStage();
    const aliases = shell === 'bash' ? 'shopt -s expand_aliases\n' : '';
    const names = ['git', 'gwtls', 'gwco', 'daft', 'rm', 'cat', 'cd', 'printf'];
    const before = `${aliases}${names.map((name) => `alias ${name}='echo aliased-${name}'`).join('\n')}`;
    const again = shell === 'fish' ? 'command daft shell-init fish --aliases | source' : `eval "$(command daft shell-init ${shell} --aliases)"`;
    // fish has no aliases but functions of that name, and whoever replaces its cd has replaced it.
    const ran = await stage.shell(shell, `${again}\n__daft_wrapper go x\ngwtcb new\necho end`, { before: shell === 'fish' ? '' : before, env: { GO_TO: '/' } });
    expect(ran).toMatchObject({ stdout: 'daft <go> <x> cd-file: yes\ndaft <worktree-checkout> <-b> <new> cd-file: yes\nend\n', stderr: '' });
  });

  here('finds the daft that is installed now', async () => {
    await using stage = await openStage();
    const earlier = join(stage.home.root, 'earlier');
    mkdirSync(earlier);
    const install = `printf '#!/bin/sh\\necho newer\\n' > ${earlier}/daft; chmod +x ${earlier}/daft`;
    const ran = await stage.shell(shell, `daft go x; ${install}; daft go x; command rm ${earlier}/daft; daft go x`, {
      before: shell === 'fish' ? `set -gx PATH ${earlier} $PATH` : `PATH=${earlier}:$PATH`,
    });
    expect(ran.stdout).toBe('daft <go> <x> cd-file: yes\nnewer\ndaft <go> <x> cd-file: yes\n');
  });
});

describe.each(['bash', 'zsh'] as const)('%s under set -eu', (shell) => {
  test.skipIf(!shellIsHere(shell))('goes on when daft succeeds, and ends with its code when it fails', async () => {
    await using stage = await openStage();
    const ran = await stage.shell(shell, 'daft go x; git --version >/dev/null; daft; echo on; daft go y; echo never', { before: 'set -eu', env: { GO_TO: '/' } });
    expect(ran).toMatchObject({ exitCode: 0 });
    const failed = await stage.shell(shell, 'daft go x; echo never', { before: 'set -eu', env: { GO_TO: '/', END_WITH: '4' } });
    expect(failed).toMatchObject({ exitCode: 4, stdout: 'daft <go> <x> cd-file: yes\n', stderr: '' });
    expect(readdirSync(join(stage.home.root, 'tmp'))).toEqual([]);
  });
});

test('an unknown shell is a usage error', async () => {
  await using home = await temporaryHome();
  expect(await home.daft(['shell-init', 'tcsh'])).toMatchObject({
    exitCode: 2,
    stdout: '',
    stderr:
      "error: invalid value 'tcsh' for '<SHELL>'\n  [possible values: bash, zsh, fish]\n\nUsage: daft shell-init [OPTIONS] <SHELL>\n\nFor more information, try '--help'.\n",
  });
});
