import * as fc from '../support/properties';
import { describe, expect, test } from 'vitest';
import { TemplateError } from '../../src/output/tera';
import { context, failure, render } from './render';

/** Far more than any rendering may take, and far less than those below would take if nobody stopped them. */
const deadlineMs = 20_000;

const doubled = (start: string, times: number): string => `{% set x = "${start}" %}{% for i in range(end=${times}) %}{% set_global x = x ~ x %}{% endfor %}`;
const nestedArrays = (name: string, value: string, times: number): string => `{% set ${name} = [1] %}{% for i in range(end=${times}) %}{% set_global ${name} = ${value} %}{% endfor %}`;

describe('a template that runs away is stopped:', () => {
  const tooMuch = 'the template does too much work';
  const tooDeep = 'the template is nested too deeply';
  test.each([
    ['a range without end', '{{ range(end=100000000) | length }}', tooMuch],
    ['loops in loops', `${'{% for x in nums %}'.repeat(30)}{{ x }}${'{% endfor %}'.repeat(30)}`, tooMuch],
    ['empty loops', '{% for a in range(end=100000) %}{% for b in range(end=100000) %}{% endfor %}{% endfor %}', tooMuch],
    ['a macro that calls itself twice', '{% macro f(n) %}{% if n > 0 %}{{ self::f(n=n - 1) }}{{ self::f(n=n - 1) }}{% endif %}{% endmacro %}{{ self::f(n=90) }}', tooMuch],
    ['a text that doubles', `${doubled('ab', 100)}{{ x }}`, 'the template makes a text that is too long'],
    ['a text that grows by replacing', '{% set x = "a" %}{% for i in range(end=100) %}{% set_global x = x | replace(from="a", to="aaaaaa") %}{% endfor %}', tooMuch],
    ['a text printed again and again', `${doubled('ab', 20)}{% for i in range(end=1000000) %}{{ x }}{% endfor %}`, 'the template prints too much'],
    ['an array of arrays, printed', `${nestedArrays('x', '[x]', 50_000)}{{ x }}`, tooDeep],
    ['an array of arrays, as JSON', `${nestedArrays('x', '[x]', 50_000)}{{ x | json_encode }}`, tooDeep],
    ['arrays of arrays, compared', `${nestedArrays('x', '[x]', 50_000)}${nestedArrays('y', '[y]', 50_000)}{{ x == y }}`, tooDeep],
    ['an array that doubles, printed', `${nestedArrays('x', '[x, x]', 40)}{{ x }}`, tooMuch],
    ['arrays that double, compared', `${nestedArrays('x', '[x, x]', 40)}${nestedArrays('y', '[y, y]', 40)}{{ x == y }}`, tooMuch],
    ['a long text looked for in a long text', `${doubled('a', 21)}{{ x is containing("b" ~ x) }}`, tooMuch],
    ['long texts compared', `${doubled('a', 22)}{% set y = x ~ "" %}{% for i in range(end=1000000) %}{{ x == y }}{% endfor %}`, tooMuch],
    ['long texts asked for their end', `${doubled('a', 22)}{% for i in range(end=1000000) %}{% if x is ending_with(x) %}{% endif %}{% endfor %}`, tooMuch],
    ['a regular expression with many ways', `${doubled('a', 18)}{{ x is matching("${'(a*)*'.repeat(40)}b") }}`, tooMuch],
    ['a regular expression that is long', '{{ name is matching("((a{100}){100}){100}") }}', 'got a regular expression that is too long'],
    ['a format that is long', `${doubled('%c', 20)}{{ ts | date(format=x) }}`, 'the template makes a text that is too long'],
    ['macros in deep expressions', `{% macro f(n) %}${'{% if t %}'.repeat(90)}{{ [[[[self::f(n=n)]]]] | join }}${'{% endif %}'.repeat(90)}{% endmacro %}{{ self::f(n=1) }}`, tooDeep],
  ])('%s', (_, template, message) => {
    expect(failure(template)).toContain(message);
  }, deadlineMs);

  test('also in a condition, which takes other errors for false', () => {
    expect(failure(`${doubled('a', 21)}{% if x | replace(from="a", to=x) %}{% endif %}`)).toContain('the template makes a text that is too long');
  });
});

describe('what nobody writes by hand is refused:', () => {
  test.each([
    ['parentheses', `{{ ${'('.repeat(900)}1${')'.repeat(900)} }}`, 'this is nested too deeply'],
    ['arrays', `{{ ${'['.repeat(1500)} }}`, 'this is nested too deeply'],
    ['negations', `{{ ${'not '.repeat(1500)} t }}`, 'this is nested too deeply'],
    ['tags', '{% if t %}'.repeat(5000), 'this is nested too deeply'],
    ['a sum', `{{ 1${' + 1'.repeat(5000)} }}`, 'the tag is too long'],
  ])('%s', (_, template, message) => {
    expect(failure(template)).toContain(message);
  });

  test('but much is possible', () => {
    expect(render(`{{ 1${' + 1'.repeat(900)} }}`)).toBe('901');
    expect(render(`{{ n${' | abs'.repeat(900)} }}`)).toBe('5');
    expect(render(`{{ t${' and t'.repeat(900)} }}`)).toBe('true');
    expect(render(`${'{% if t %}'.repeat(90)}x${'{% endif %}'.repeat(90)}`)).toBe('x');
  });
});

describe('a long text takes a time in proportion:', () => {
  test.each([
    ['striptags', '<'], ['striptags', '<!--'], ['spaceless', '> '], ['title', "a'"], ['title', "'"], ['trim', ' '], ['slugify', 'a '], ['wordcount', 'a '], ['truncate(length=100000)', 'a '],
    ['truncate(length=1000)', 'é'], ['date', '9'], ['int', '1.1'], ['float', '1'], ['split(pat="aab")', 'a'], ['linebreaksbr', '\r'], ['escape', '<'], ['urlencode', 'é'], ['trim_end_matches(pat="aa")', 'a'],
  ])('%s of many %j', (filter, text) => {
    const template = `${doubled(text, 19)}{{ x | ${filter} }}`;
    try {
      expect(render(template)).toBeTypeOf('string');
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
    }
  }, deadlineMs);
});

/** Bits of the language and of what is not the language. */
const fragments = fc.constantFrom(
  '{{', '}}', '{%', '%}', '{#', '#}', '{{-', '-}}', '{%-', '-%}', ' ', '\n', 'x', '"', "'", '`', '(', ')', '[', ']', ',', '=', '==', '!=', '<', '+', '-', '*', '/', '%', '~', '|', '.', '::', '0', '1.5', '-1',
  ' if ', ' elif ', ' else ', ' endif ', ' for ', ' in ', ' endfor ', ' set ', ' set_global ', ' filter ', ' endfilter ', ' macro ', ' endmacro ', ' raw ', ' endraw ', ' break ', ' continue ',
  ' and ', ' or ', ' not ', ' is ', 'name', 'n', 'items', 'worktrees', 'obj', 'nil', 'loop.index', 'missing', 'self::f(', '"a"', '[1, 2]', '__tera_context', 'range(end=3)',
);
const values = fc.constantFrom(
  'name', 'n', 'f', 'size', 'ts', 'iso', 'items', 'nums', 'html', 'nil', 't', 'multi', 'uni', 'worktrees', 'obj', 'missing', 'obj.a', 'worktrees[1].pr', '"x"', '""', '"%c %Q"', '"(a+)+$"', '0', '-1', '3', '1e3',
  '9007199254740991', '0.5', 'true', '[]', '[1, "a"]', '[nil]', 'range(end=5)', 'get_env(name="X", default="d")', 'self::f(a=1)', '__tera_context', '"\u{1F600}e\u0301"',
);
const filterNames = [
  'upper', 'lower', 'trim', 'trim_start_matches', 'wordcount', 'replace', 'capitalize', 'title', 'linebreaksbr', 'indent', 'striptags', 'spaceless', 'escape', 'escape_xml', 'safe', 'addslashes', 'split', 'truncate',
  'slugify', 'urlencode', 'first', 'last', 'nth', 'join', 'sort', 'unique', 'slice', 'group_by', 'filter', 'map', 'concat', 'reverse', 'length', 'int', 'float', 'abs', 'round', 'pluralize', 'filesizeformat',
  'default', 'json_encode', 'as_str', 'get', 'date', 'nope',
];
const testNames = ['defined', 'undefined', 'odd', 'even', 'string', 'number', 'divisibleby', 'iterable', 'object', 'starting_with', 'ending_with', 'containing', 'matching', 'nope'];
const argumentNames = ['value', 'sep', 'pat', 'from', 'to', 'n', 'attribute', 'with', 'start', 'end', 'length', 'key', 'format', 'timezone', 'precision', 'method', 'base', 'prefix', 'first', 'pretty', 'default'];

const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const inner = tie('expression');
  const given = fc.array(fc.tuple(fc.constantFrom(...argumentNames), values), { maxLength: 4 }).map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join(', '));
  return {
    expression: fc.oneof(
      { depthSize: 'small' },
      values,
      fc.tuple(inner, fc.constantFrom(...filterNames), given).map(([input, name, args]) => `${input} | ${name}(${args})`),
      fc.tuple(inner, fc.constantFrom(...testNames), values).map(([subject, name, argument]) => `${subject} is ${name}(${argument})`),
      fc.tuple(inner, fc.constantFrom(...testNames)).map(([subject, name]) => `${subject} is not ${name}`),
      fc.tuple(inner, fc.constantFrom('+', '-', '*', '/', '%', '~', '==', '!=', '<', '>=', ' and ', ' or ', ' in ', ' not in '), inner).map(([left, operator, right]) => `(${left} ${operator} ${right})`),
      inner.map((operand) => `not ${operand}`),
    ),
  };
});
const { body } = fc.letrec<{ body: string }>((tie) => {
  const inner = tie('body');
  return {
    body: fc.oneof(
      { depthSize: 'small' },
      fc.string(),
      expression.map((text) => `{{ ${text} }}`),
      fc.tuple(expression, inner, inner).map(([condition, then, otherwise]) => `{% if ${condition} %}${then}{%- else -%}${otherwise}{% endif %}`),
      fc.tuple(expression, inner).map(([container, round]) => `{% for x in ${container} %}${round}{{ loop.last }}{% break %}{% endfor %}`),
      fc.tuple(expression, inner).map(([container, round]) => `{% for k, v in ${container} %}${round}{{ k }}{% else %}-{% endfor %}`),
      fc.tuple(fc.constantFrom(...filterNames), inner).map(([name, text]) => `{% filter ${name} %}${text}{% endfilter %}`),
      fc.tuple(expression, inner).map(([value, rest]) => `{% set_global n = ${value} %}${rest}`),
      fc.tuple(inner, inner).map(([one, other]) => one + other),
    ),
  };
});

/** Text, or the engine's own error, within the deadline of the test. */
function isAnswered(template: string): void {
  try {
    expect(render(template, context)).toBeTypeOf('string');
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    expect(error.line).toBeGreaterThan(0);
    expect(error.column).toBeGreaterThan(0);
    expect(error.message).not.toBe('');
    expect(error.excerpt.split('\n')).toHaveLength(4);
  }
}

describe('whatever is written, the answer is a text or a TemplateError:', () => {
  test('any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), isAnswered), { numRuns: 500 });
  }, deadlineMs);
  test('bits of the language in any order', () => {
    fc.assert(fc.property(fc.array(fragments, { maxLength: 30 }).map((parts) => parts.join('')), isAnswered), { numRuns: 2000 });
    fc.assert(fc.property(fc.array(fragments, { maxLength: 10 }).map((parts) => `{{ ${parts.join(' ')} }}`), isAnswered), { numRuns: 2000 });
  }, deadlineMs);
  test('templates that make sense to the grammar', () => {
    fc.assert(fc.property(body, (text) => isAnswered(`{% macro f(a="x") %}{{ a }}{% endmacro %}${text}`)), { numRuns: 2000 });
  }, deadlineMs);
  test('regular expressions of any kind', () => {
    const bits = fc.constantFrom('a', '.', '*', '+', '?', '{2}', '{1,3}', '(', ')', '(?:', '|', '[', ']', '^', '$', '\\b', '\\w', '\\', '-', '(?i)', '\\p{L}', '\u{1F600}');
    fc.assert(
      fc.property(fc.array(bits, { maxLength: 15 }), fc.string({ unit: 'grapheme' }), (parts, text) => {
        try {
          render('{{ text is matching(pattern) }}', { text, pattern: parts.join('') });
        } catch (error) {
          if (!(error instanceof TemplateError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  }, deadlineMs);
});
