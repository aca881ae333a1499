import { describe, expect, test } from 'vitest';
import { splitterFor } from '../../src/cli/command-line';
import { commanderSplitter as splitter } from '../../src/cli/commander-splitter';
import { parse } from '../../src/cli/parse';
import type { CommandSpec, OptionSpec } from '../../src/cli/spec';
import { UsageError } from '../../src/cli/usage-error';

const options: readonly OptionSpec[] = [
  { long: 'format', description: '', value: { name: 'FORMAT', choices: ['json', 'tsv'] } },
  { long: 'template', description: '', value: { name: 'STR' }, conflictsWith: ['format'] },
  { long: 'all', short: 'a', description: '', conflictsWith: ['TARGET'] },
  { long: 'branch', short: 'b', description: '', value: { name: 'BRANCH', repeatable: true } },
  { long: 'at', short: '@', description: '', value: { name: 'PATH' } },
  { long: 'carry', short: 'c', description: '' },
  { long: 'no-carry', description: '' },
  { long: 'rebase', description: '', value: { name: 'BRANCH' } },
  { long: 'autostash', description: '', requires: ['rebase'] },
  { long: 'last', description: '', value: { name: 'N', implied: '1' } },
  { long: 'verbose', short: 'v', description: '', counts: true },
];
const spec: CommandSpec = {
  id: 'try',
  words: ['try'],
  executables: [],
  usageName: 'daft try',
  summary: 'Try',
  description: '',
  arguments: [{ name: 'TARGET', required: false, variadic: true, description: '' }],
  options,
  load: async () => ({ run: async () => 0 }),
};
const strict: CommandSpec = {
  ...spec,
  arguments: [
    { name: 'BRANCH', required: true, description: '' },
    { name: 'NEW_BASE', required: false, description: '' },
  ],
};

function parsed(of: CommandSpec, ...argv: string[]) {
  const request = parse(of, argv, { subcommands: false, splitter });
  if (request.kind !== 'run') throw new Error(`not a run but ${request.kind}`);
  return request.parsed;
}
function complaint(of: CommandSpec, argv: readonly string[], subcommands = false): readonly string[] {
  try {
    parse(of, argv, { subcommands, splitter });
  } catch (error) {
    if (error instanceof UsageError) return [error.message, ...error.details];
    throw error;
  }
  throw new Error('nothing to complain about');
}

describe('values', () => {
  test.each([[['--format', 'json']], [['--format=json']]])('are given apart or after =: %j', (argv) => {
    expect(parsed(spec, ...argv).text('format')).toBe('json');
  });

  test('may be left out where one is implied', () => {
    expect(parsed(spec).text('last')).toBeUndefined();
    expect(parsed(spec, '--last').text('last')).toBe('1');
    expect(parsed(spec, '--last', '--all').text('last')).toBe('1');
    expect(parsed(spec, '--last', '3').text('last')).toBe('3');
    expect(parsed(spec, '--last=3').text('last')).toBe('3');
  });

  test('may begin with a dash, or look like an option', () => {
    expect(parsed(spec, '--template', '--format').text('template')).toBe('--format');
    expect(parsed(spec, '--template=-x').text('template')).toBe('-x');
    expect(parsed(spec, '-@', '-x').text('at')).toBe('-x');
  });

  test('may be empty or contain =', () => {
    expect(parsed(spec, '--template=').text('template')).toBe('');
    expect(parsed(spec, '--template', 'a=b').text('template')).toBe('a=b');
    expect(parsed(spec, '--template=a=b').text('template')).toBe('a=b');
  });

  test('of a repeatable option keep their order', () => {
    expect(parsed(spec, '-b', 'one', '--branch=two', '-bthree').texts('branch')).toEqual(['one', 'two', 'three']);
    expect(parsed(spec).texts('branch')).toEqual([]);
  });

  test('cling to a short letter, also at the end of a cluster', () => {
    expect(parsed(spec, '-ac@/tmp/x').text('at')).toBe('/tmp/x');
    expect(parsed(spec, '-ac@', '/tmp/x').text('at')).toBe('/tmp/x');
  });
});

describe('switches', () => {
  test('cluster and count', () => {
    const given = parsed(spec, '-vvc', '-v');
    expect(given.count('verbose')).toBe(3);
    expect(given.flag('carry')).toBe(true);
    expect(parsed(spec).count('verbose')).toBe(0);
  });

  test('that begin with no- are their own, and say nothing about the other', () => {
    const given = parsed(spec, '--no-carry');
    expect([given.flag('no-carry'), given.flag('carry')]).toEqual([true, false]);
    const both = parsed(spec, '--carry', '--no-carry');
    expect([both.flag('no-carry'), both.flag('carry')]).toEqual([true, true]);
  });
});

describe('positionals', () => {
  test('stand between options', () => {
    const given = parsed(spec, 'one', '-c', 'two', '--', '-x', '--', '--all');
    expect(given.variadic('target')).toEqual(['one', 'two', '-x', '--', '--all']);
    expect(given.flag('all')).toBe(false);
  });

  test('may be a lone dash, also after --', () => {
    expect(parsed(strict, '-').argument('branch')).toBe('-');
    expect(parsed(strict, '--', '-').argument('branch')).toBe('-');
  });

  test('fill their places in order', () => {
    const given = parsed(strict, 'new', 'base');
    expect([given.argument('branch'), given.argument('new_base')]).toEqual(['new', 'base']);
    expect(parsed(strict, 'new').argument('new_base')).toBeUndefined();
  });
});

describe('a complaint names the offender', () => {
  test.each<[string, CommandSpec, readonly string[], readonly string[]]>([
    ['unknown option', spec, ['--json'], ["unexpected argument '--json' found"]],
    ['unknown option with a value', spec, ['--json=1'], ["unexpected argument '--json' found"]],
    ['abbreviated option', spec, ['--form', 'json'], ["unexpected argument '--form' found"]],
    ['unknown letter in a cluster', spec, ['-cx'], ["unexpected argument '-x' found"]],
    ['value for a switch', spec, ['--all=yes'], ["unexpected argument '--all=yes' found"]],
    ['surplus argument', strict, ['a', 'b', 'c'], ["unexpected argument 'c' found"]],
    ['value outside the set', spec, ['--format', 'bogus'], ["invalid value 'bogus' for '--format <FORMAT>'", '  [possible values: json, tsv]']],
    ['missing value', spec, ['-c', '--template'], ["a value is required for '--template <STR>' but none was provided"]],
    ['missing value of a letter', spec, ['-c@'], ["a value is required for '--at <PATH>' but none was provided"]],
    ['excluded option', spec, ['--template', 'x', '--format', 'json'], ["the argument '--format <FORMAT>' cannot be used with '--template <STR>'"]],
    ['excluded positional', spec, ['x', '-a'], ["the argument '--all' cannot be used with '[TARGET]...'"]],
    ['missing companion', spec, ['--autostash'], ['the following required arguments were not provided:', '  --rebase <BRANCH>']],
    ['missing argument', strict, [], ['the following required arguments were not provided:', '  <BRANCH>']],
  ])('%s', (_, of, argv, expected) => {
    expect(complaint(of, argv)).toEqual(expected);
  });

  test('and a word too many in a group was meant as a subcommand', () => {
    const group = { ...spec, arguments: [] };
    expect(complaint(group, ['bogus'], true)).toEqual(["unrecognized subcommand 'bogus'"]);
  });
});

describe('help and version', () => {
  test('win over everything that is wrong', () => {
    expect(parse(strict, ['-h'], { subcommands: false, splitter })).toEqual({ kind: 'help', length: 'short' });
    expect(parse(strict, ['--format', 'bogus', '--help'], { subcommands: false, splitter })).toEqual({ kind: 'help', length: 'full' });
    expect(parse(strict, ['-cV'], { subcommands: false, splitter })).toEqual({ kind: 'version' });
    expect(parse(strict, ['--bogus', '-h'], { subcommands: false, splitter })).toEqual({ kind: 'help', length: 'short' });
  });

  test('are plain words after --', () => {
    expect(parsed(spec, '--', '--help').variadic('target')).toEqual(['--help']);
  });

  test('a pure group has help for everything, and no version', () => {
    const { load: _, ...pure } = { ...spec, arguments: [], options: [] };
    expect(parse(pure, [], { subcommands: true, splitter })).toEqual({ kind: 'help', length: 'short' });
    expect(complaint(pure, ['--version'], true)).toEqual(["unexpected argument '--version' found"]);
  });
});

test('asking for what the table does not have is a defect', () => {
  expect(() => parsed(spec).flag('format')).toThrow('the table has no such option of try: --format');
  expect(() => parsed(spec).text('bogus')).toThrow(TypeError);
  expect(() => parsed(spec).argument('target')).toThrow(TypeError);
});

test('words without a dash are operands, with commander as without', async () => {
  const argv = ['a', '', 'b c', 'é=ü'];
  const plain = await splitterFor(argv);
  expect(plain).not.toBe(splitter);
  expect(plain.split(options, argv)).toEqual(splitter.split(options, argv));
  expect(plain.takeLeading(options, argv)).toEqual(splitter.takeLeading(options, argv));
  for (const word of ['-', '--', '-x', '--x']) expect(await splitterFor(['a', word])).toBe(splitter);
});
