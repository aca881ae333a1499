import { describe, expect, test } from 'vitest';
import { commanderSplitter as splitter } from '../../src/cli/commander-splitter';
import { overview } from '../../src/cli/overview';
import { nameOfExecutable, route } from '../../src/cli/routing';
import type { CommandSpec, OptionSpec } from '../../src/cli/spec';

const all: OptionSpec = { long: 'all', description: '' };
const worktree: OptionSpec = { long: 'worktree', description: '', value: { name: 'NAME' } };
const force: OptionSpec = { long: 'force', short: 'f', description: '' };

const entry = (id: string, more: Partial<CommandSpec> = {}): CommandSpec => ({
  id,
  words: [id],
  executables: [],
  usageName: `daft ${id}`,
  summary: `What ${id} does`,
  description: '',
  arguments: [],
  options: [],
  load: async () => ({ run: async () => 0 }),
  ...more,
});
const table: readonly CommandSpec[] = [
  entry('list', { words: ['list', 'worktree-list'], executables: ['git-worktree-list'] }),
  entry('checkout', { words: ['worktree-checkout'], executables: ['git-worktree-checkout'] }),
  entry('go', { executables: ['daft-go'] }),
  entry('hooks'),
  entry('hooks trust', { options: [force] }),
  entry('hooks trust list'),
  entry('hooks jobs', { words: ['hooks jobs', 'hooks jobs list'], options: [all, worktree], optionsBeforeSubcommand: true }),
  entry('hooks jobs prune', { options: [all] }),
  entry('hooks jobs logs'),
  entry('setup', { options: [force] }),
  entry('setup shortcuts'),
];

function routed(name: string, ...argv: string[]): [string, ...string[]] | string {
  const way = route(name, argv, { table, splitter });
  return way.kind === 'command' ? [way.spec.id, ...way.argv] : way.kind;
}

describe('the name it was started by', () => {
  test.each([
    ['/usr/local/bin/git-worktree-list', 'git-worktree-list'],
    ['daft', 'daft'],
    ['/opt/daft/bin/daft.js', 'daft'],
    ['/x/daft-go.mjs', 'daft-go'],
    ['/x.y/gwtco', 'gwtco'],
  ])('is the last component of %s without a script extension', (path, name) => {
    expect(nameOfExecutable(path)).toBe(name);
  });

  test('selects the command', () => {
    expect(routed('git-worktree-list', '-v')).toEqual(['list', '-v']);
    expect(routed('daft-go', 'main')).toEqual(['go', 'main']);
    expect(routed('whatever')).toBe('unknown-executable');
  });

  test('may be a shortcut, whose arguments come first', () => {
    expect(routed('gwtcb', 'feat', '-v')).toEqual(['checkout', '-b', 'feat', '-v']);
    expect(routed('gwtls')).toEqual(['list']);
    expect(routed('gwtbd')).toBe('unknown-executable'); // its command is not in this table
  });
});

describe('the words after daft', () => {
  test('select the command in each spelling', () => {
    expect(routed('daft', 'list', '-v')).toEqual(['list', '-v']);
    expect(routed('git-daft', 'worktree-list')).toEqual(['list']);
  });

  test.each([[[]], [['-h']], [['--help', 'list']]])('ask for the overview: %j', (argv) => {
    expect(routed('daft', ...argv)).toBe('overview');
  });

  test('ask for the version', () => {
    expect(routed('git-daft', '-V')).toBe('version');
  });

  test('lead down into groups, as far as they are subcommands', () => {
    expect(routed('daft', 'hooks', 'trust', 'list', 'x')).toEqual(['hooks trust list', 'x']);
    expect(routed('daft', 'hooks', 'trust', './list')).toEqual(['hooks trust', './list']);
    expect(routed('daft', 'hooks', 'jobs', 'list')).toEqual(['hooks jobs']);
    expect(routed('daft', 'hooks', '.')).toEqual(['hooks', '.']);
  });

  test('of a group that allows it may have options before the subcommand', () => {
    expect(routed('daft', 'hooks', 'jobs', '--all', 'prune', '--dry-run')).toEqual(['hooks jobs prune', '--all', '--dry-run']);
    expect(routed('daft', 'hooks', 'jobs', '--worktree', 'logs', 'logs', 'x')).toEqual(['hooks jobs logs', '--worktree', 'logs', 'x']);
    expect(routed('daft', 'hooks', 'jobs', '--bogus', 'prune')).toEqual(['hooks jobs', '--bogus', 'prune']);
    expect(routed('daft', 'hooks', 'jobs', '--worktree')).toEqual(['hooks jobs', '--worktree']);
    expect(routed('daft', 'hooks', 'jobs', '--all', '--', 'prune')).toEqual(['hooks jobs', '--all', '--', 'prune']);
    expect(routed('daft', 'hooks', 'jobs', '--help', 'prune')).toEqual(['hooks jobs', '--help', 'prune']);
  });

  test('of other groups may not', () => {
    expect(routed('daft', 'setup', 'shortcuts')).toEqual(['setup shortcuts']);
    expect(routed('daft', 'setup', '-f', 'shortcuts')).toEqual(['setup', '-f', 'shortcuts']);
  });
});

describe('the overview', () => {
  const plain = { title: (text: string) => text, name: (text: string) => text };

  test('lists the verbs in groups, aligned, and administration on one line', () => {
    expect(overview('daft', table, plain)).toContain(`usage: daft <command> [<args>]

Gives every branch a directory of its own, and sets that directory up by itself.

branches and their directories
   go     What go does

upkeep of worktrees
   list   What list does

administration
   hooks, setup, setup shortcuts
`);
  });

  test('has the spellings of git when started by git', () => {
    const text = overview('git daft', table, plain);
    expect(text).toContain('   or: git worktree-<command> [<args>]\n   or: daft worktree-<command> [<args>]\n');
    expect(text).toContain('   worktree-list       What list does\n');
    expect(text).toContain('   daft hooks, daft setup, daft setup shortcuts\n');
    expect(text).toContain('go <branch>');
  });
});
