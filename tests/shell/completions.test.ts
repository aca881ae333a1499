import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ShellName } from '../../src/shell';
import { buildRemote, temporaryHome, type Running, type TemporaryHome } from '../support';
import { shellArguments, shellIsHere } from './shells';

// Answers as `daft __complete` would, and says what it was asked for.
const fakeDaft = `#!/bin/sh
if [ "$1" = completions ]; then exec "$REAL_DAFT" "$@"; fi
printf '%s\\n' "$*" >> "$ASKED"
case "$2" in
  hooks-jobs-job) printf 'JOB\\tmain:build\\tmain:build  ok\\nWT\\tother:\\tother:  worktree\\n' ;;
  hooks-jobs-*) printf 'main\\tworktree\\n' ;;
  *) printf 'feat/z*?\\tworktree\\t1 day ago\\tAda\\t../z\\nfeat/a\\tlocal\\t2 days ago\\tBob\\nit$(x)\\tremote\\t3 days ago\\tEve\\n' ;;
esac
`;

interface Stage extends AsyncDisposable {
  home: TemporaryHome;
  /** Candidates at the end of a command line, and what the helper was asked. */
  bash(line: string): Promise<string[]>;
  zsh(line: string): Promise<string[]>;
  fish(line: string): Promise<string[]>;
  /** A shell on a terminal, with the completions loaded. */
  prompt(shell: ShellName): Running;
}

/** What a user would have in the configuration, and a prompt to wait for. */
const configurations: Record<ShellName, string> = {
  bash: `PS1='ready> '; eval "$(command daft completions bash)"`,
  zsh: `PS1='ready> '; autoload -Uz compinit; compinit -D -u; eval "$(command daft completions zsh)"`,
  fish: `function fish_prompt; echo -n 'ready> '; end; command daft completions fish | source`,
};

/** @param daft 'fake' answers without a repository, and says what it was asked */
async function openStage(daft: 'fake' | 'real' = 'fake'): Promise<Stage> {
  const home = await temporaryHome();
  const fakes = join(home.root, 'fakes');
  mkdirSync(fakes);
  writeFileSync(join(fakes, 'daft'), fakeDaft, { mode: 0o755 });
  const asked = join(home.root, 'asked');
  writeFileSync(asked, '');
  const env = { PATH: daft === 'fake' ? `${fakes}:${home.env['PATH']}` : home.env['PATH']!, REAL_DAFT: join(home.root, 'bin/daft'), ASKED: asked };
  const run = async (shell: 'bash' | 'zsh' | 'fish', script: string): Promise<string[]> => {
    const ran = await home.run(shell, [...shellArguments(shell), '-c', script], { env });
    expect(ran.stderr).toBe('');
    return ran.stdout.split('\n').filter((line) => line !== '');
  };
  return {
    home,
    // Splits as readline does: = and : are words of their own.
    bash(line) {
      const words = line.split(' ').flatMap((word) => (word === '' ? [''] : word.split(/([=:])/).filter((part) => part !== '')));
      const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
      const command = line.split(' ')[0] ?? '';
      return run(
        'bash',
        `eval "$(command daft completions bash)"
COMP_WORDS=(${quoted}) COMP_CWORD=${words.length - 1} COMP_LINE='${line}' COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
spec=$(complete -p '${command}'); handler=\${spec##*-F }; handler=\${handler%% *}
"$handler"; printf '%s\\n' "\${COMPREPLY[@]}"`,
      );
    },
    zsh(line) {
      const words = line.split(' ');
      const quoted = words.map((word) => `'${word}'`).join(' ');
      return run(
        'zsh',
        `function compdef() { [[ $2 == '${words[0]}' ]] && handler=$1; return 0 }
function compset() { PREFIX=\${PREFIX#*=} }
function _files() { print -r -- "files $*" }
function _describe() { local -a all; all=("\${(@P)argv[-1]}"); local one; for one in "\${all[@]}"; do one=\${one//\\\\:/\\0}; one=\${one%%:*}; [[ $one == "$PREFIX"* ]] && print -r -- "$one"; done; return 0 }
function compadd() { local -a all; if [[ $argv[-2] == -a ]]; then all=("\${(@P)argv[-1]}"); else shift; all=("$@"); fi; local one; for one in "\${all[@]}"; do [[ $one == "$PREFIX"* ]] && print -r -- "$one"; done; return 0 }
eval "$(command daft completions zsh)"
words=(${quoted}) CURRENT=${words.length} PREFIX='${words.at(-1)}'
$handler`,
      );
    },
    fish(line) {
      return run('fish', `source (command daft completions fish | psub); complete -C '${line}' | string replace -r '\\t.*' ''`);
    },
    prompt(shell) {
      const file = join(home.root, 'configuration');
      writeFileSync(file, `${configurations[shell]}\n`);
      const starts: Record<ShellName, string> = {
        bash: `bash --noprofile --rcfile ${file} -i`,
        zsh: `ZDOTDIR=${home.root}/zsh zsh -d -i`,
        fish: `fish --no-config -i -C 'source ${file}'`,
      };
      if (shell === 'zsh') {
        mkdirSync(join(home.root, 'zsh'));
        renameSync(file, join(home.root, 'zsh/.zshrc'));
      }
      const script = ['--quiet', '--return', '--flush', '--command', `stty cols 100; ${starts[shell]}`, '/dev/null'];
      return home.start('script', script, { env: { ...env, TERM: 'xterm' } });
    },
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  };
}

const shells = (['bash', 'zsh', 'fish'] as const).filter(shellIsHere);

describe.each(shells)('%s completes', (shell) => {
  test('words, subcommands and options', async () => {
    await using stage = await openStage();
    const complete = stage[shell];
    expect(await complete('daft comp')).toEqual(['completions']);
    expect(await complete('daft worktree-')).toEqual([]);
    expect((await complete('daft completions ')).toSorted()).toEqual(['bash', 'fish', 'zsh']);
    expect((await complete('daft hooks jobs ')).toSorted()).toEqual(expect.arrayContaining(['cancel', 'list', 'logs', 'retry', 'wait']));
    expect((await complete('daft hooks jobs logs --f')).toSorted()).toEqual(['--follow']);
    expect((await complete('daft shell-init --')).toSorted()).toEqual(['--aliases', '--help', '--version']);
    expect(await complete('git-worktree-checkout --verb')).toEqual(['--verbose']);
  });

  test('values of options, given apart or after =', async () => {
    await using stage = await openStage();
    const complete = stage[shell];
    expect(await complete('daft hooks jobs --status comp')).toEqual(['completed']);
    expect((await complete('daft hooks jobs --status=comp')).map((value) => value.replace('--status=', ''))).toEqual(['completed']);
    expect(await complete('daft hooks jobs --worktree m')).toEqual(['main']);
    expect(await complete('daft clone --columns +ow')).toEqual(['+owner']);
    // Apart, fish takes it for an option.
    expect((await complete('daft list --sort=-act')).map((value) => value.replace('--sort=', ''))).toEqual(['-activity']);
    expect((await complete('daft clone -b ')).toSorted()).toEqual(['@', 'HEAD']);
  });

  test('branches in the order of the helper, without markers', async () => {
    await using stage = await openStage();
    const complete = stage[shell];
    expect(await complete('daft go feat/')).toEqual(['feat/z', 'feat/a']);
    expect(await complete('daft-go feat/')).toEqual(['feat/z', 'feat/a']);
    expect(await complete('git-worktree-checkout feat/')).toEqual(['feat/z', 'feat/a']);
  });

  test('behind -C what there is in that repository, with jobs and all', async () => {
    await using stage = await openStage('real');
    const { home } = stage;
    const complete = stage[shell];
    await buildRemote(home, join(home.work, 'deep/er/there'), { main: { commits: [{ message: 'first', files: { a: '' } }] }, 'there/x': { commits: [] }, 'there/y': { commits: [] } });
    await home.git(home.work, 'clone', '--quiet', 'deep/er/there', 'app');
    await home.git(home.work, 'init', '--quiet', 'here');
    writeFileSync(join(home.work, 'app/daft.yml'), 'hooks: { worktree-post-create: { jobs: [{ name: build, run: "true" }] } }');
    await home.daft(['-C', 'app', 'hooks', 'trust', '--force']);
    await home.daft(['-C', 'app', 'hooks', 'run', 'worktree-post-create']);
    expect(await complete('daft go there/')).toEqual([]);
    expect(await complete('daft -C app go there/')).toEqual(['there/x', 'there/y']);
    expect(await complete(`daft -C ${home.work} -C app go -v there/`)).toEqual(['there/x', 'there/y']);
    expect(await complete('daft -C deep -C er/../../app start new there/y')).toEqual(['there/y']);
    expect(await complete('git-worktree-checkout -C app there/x')).toEqual(['there/x']);
    expect(await complete('daft -C app hooks jobs logs bu')).toEqual(['build']);
    expect(await complete('daft -C app hooks jobs lo')).toEqual(['logs']);
    expect(await complete('daft -C nowhere go there/')).toEqual([]);
    if (shell === 'zsh') expect(await complete('daft -C de')).toEqual(['files -/']);
    else expect((await complete('daft -C de')).map((path) => path.replace(/\/$/, ''))).toEqual(['deep']);
  });

  test('by the number of the positional, which options and their values are not counted for', async () => {
    await using stage = await openStage();
    const asked = async (line: string): Promise<string> => {
      writeFileSync(join(stage.home.root, 'asked'), '');
      await stage[shell](line);
      const { stdout } = await stage.home.run('cat', [join(stage.home.root, 'asked')]);
      return stdout.trimEnd();
    };
    expect(await asked('daft go -v f')).toBe('__complete daft-go f --position 1 --fetch-on-miss');
    expect(await asked('daft start -r up new m')).toBe('__complete daft-start m --position 2');
    expect(await asked('git-worktree-checkout -vb new -- m')).toBe('__complete git-worktree-checkout m --position 2');
  });

  test('addresses of jobs, which contain colons', async () => {
    await using stage = await openStage();
    const found = await stage[shell]('daft hooks jobs logs main:');
    // Readline keeps what stands before the colon.
    expect(found).toEqual([shell === 'bash' ? 'build' : 'main:build']);
  });

  test('what would mean something to the shell, quoted at a real prompt', async () => {
    await using stage = await openStage();
    const session = stage.prompt(shell);
    await session.says('ready> ');
    session.write('daft go it\t');
    await session.says('x\\)');
    session.write('\rexit\r');
    expect(await session.ended).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(stage.home.root, 'asked'), 'utf8')).toContain('\ngo it$(x)\n');
  });

  test('what is typed with a backslash in it', async () => {
    await using stage = await openStage();
    const session = stage.prompt(shell);
    await session.says('ready> ');
    session.write('daft go it\\$\t');
    await session.says('x\\)');
    session.write('\rexit\r');
    expect(await session.ended).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(stage.home.root, 'asked'), 'utf8')).toMatch(/ it\$ [^]*\ngo it\$\(x\)\n/);
  });

  test('a worktree without a space behind it, at a real prompt: an address goes on', async () => {
    await using stage = await openStage();
    const session = stage.prompt(shell);
    await session.says('ready> ');
    session.write('daft hooks jobs logs oth\t');
    await session.says('other:');
    session.write('83\rexit\r');
    expect(await session.ended).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(stage.home.root, 'asked'), 'utf8')).toContain('\nhooks jobs logs other:83\n');
  });
});

test.skipIf(!shellIsHere('bash'))('bash completes `git worktree-checkout` through the completion of git', async () => {
  await using stage = await openStage();
  const script = `eval "$(command daft completions bash)"
COMP_WORDS=(git worktree-checkout -v feat/) COMP_CWORD=3
_git_worktree_checkout; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const ran = await stage.home.run('bash', ['--norc', '-c', script], {
    env: { PATH: `${join(stage.home.root, 'fakes')}:${stage.home.env['PATH']}`, REAL_DAFT: join(stage.home.root, 'bin/daft'), ASKED: '/dev/null' },
  });
  expect(ran).toMatchObject({ stdout: 'feat/z\nfeat/a\n', stderr: '' });
});

test('commands that complete no positional do not ask', async () => {
  await using home = await temporaryHome();
  const { stdout } = await home.daft(['completions', 'bash']);
  const operands = /function __daft_operand_list\(\) (.*)/.exec(stdout)?.[1];
  expect(operands).toBe('{ :; }');
});
