import { describe, expect, test } from 'vitest';
import { failure, render } from './render';

/** Each line of a table is a template and what it prints. */
function prints(table: readonly (readonly [template: string, expected: string])[]): void {
  test.each(table)('%s prints %j', (template, expected) => {
    expect(render(template)).toBe(expected);
  });
}

function fails(table: readonly (readonly [template: string, message: string])[]): void {
  test.each(table)('%s fails with %j', (template, message) => {
    expect(failure(template)).toBe(message);
  });
}

describe('text and tags', () => {
  prints([
    ['', ''],
    ['plain { text } }} %} #} {', 'plain { text } }} %} #} {'],
    ['a {# comment {{ n }} #}b', 'a b'],
    ['{##}', ''],
    ['a  {{- n -}}  b', 'a5b'],
    ['a  {%- set x = 1 -%}  b', 'ab'],
    ['a  {#- c -#}  b', 'ab'],
    ['a {{- n }} {{ n -}} b', 'a5 5b'],
    ['{{ n -}}{{ n }} x', '55 x'],
    ['{% raw %}{{ n }} {# {% if %}{% endraw %}', '{{ n }} {# {% if %}'],
    ['a {%- raw -%} x {%- endraw -%} b', 'axb'],
    ['{%raw%}x{%endraw%}{%if t%}y{%endif%}', 'xy'],
    ['{{\n  n\n  |\tabs\n}}', '5'],
  ]);
  fails([
    ['a {# b', '1:3 the comment is never closed'],
    ['a {{ n', "1:3 '{{' is never closed"],
    ['{% if t', "1:1 '{%' is never closed"],
    ['{% raw %}x', "1:1 'raw' is never closed"],
    ['{{ "a }}', '1:4 the string is never closed'],
    ['{{ n $ }}', "1:6 unexpected character '$'"],
    ['{{}}', '1:3 expected a value, but found the end of the tag'],
    ['{{ n n }}', "1:6 expected '}}', but found 'n'"],
    ['{{ n. }}', "1:5 unexpected character '.'"],
    ['{% %}', '1:4 expected the name of a tag, but found the end of the tag'],
    ['{% nope %}', "1:4 unknown tag 'nope'"],
  ]);
});

describe('literals and access', () => {
  prints([
    [`{{ "a" }}{{ 'b' }}{{ \`c\` }}`, 'abc'],
    [`{{ "it's" }} {{ 'say "x"' }} {{ \`"'\` }}`, `it's say "x" "'`],
    ['{{ 0 }} {{ -3 }} {{ 1.50 }} {{ -0.25 }}', '0 -3 1.5 -0.25'],
    ['{{ true }} {{ False }} {{ trueish | default(value="a name") }}', 'true false a name'],
    ['{{ [] }} {{ [1, "a", true, [2], nil, obj,] }}', '[] [1, a, true, [2], , [object]]'],
    ['{{ obj.a }} {{ obj["a"] }} {{ items.1 }} {{ items[1] }} {{ worktrees[1].pr["number"] }}', 'x x b b 7'],
    ['{% set k = "a" %}{% set i = 2 %}{{ obj[k] }}{{ items[i] }}{{ items[worktrees[1].ahead - 1] }}', 'xcc'],
    ['{{ nil }}', ''],
    ['{{ obj }}', '[object]'],
    ['{{ 0.0000001 }} {{ 1000000000000000 * 1000000.5 }} {{ 0.1 + 0.2 }}', '0.0000001 1000000500000000000000 0.30000000000000004'],
  ]);
  fails([
    ['{{ missing }}', "1:4 Variable 'missing' not found in context"],
    ['{{ obj.nope }}', "1:4 Variable 'obj.nope' not found in context"],
    ['{{ items[9] }}', "1:4 Variable 'items[9]' not found in context"],
    ['{{ items.01 }}', "1:4 Variable 'items.01' not found in context"],
    ['{{ name.length }}', "1:4 Variable 'name.length' not found in context"],
    ['{{ nil.x }}', "1:4 Variable 'nil.x' not found in context"],
    ['{{ items[nope] }}', "1:4 Variable 'items[nope]' not found in context"],
    ['{{ items[obj] }}', '1:10 an index must be a string or a number, but is an object'],
    ['{{ 9007199254740993 }}', '1:4 the number 9007199254740993 is out of bounds'],
    ['{{ loop.index }}', "1:4 Variable 'loop.index' not found in context"],
  ]);
});

describe('operators', () => {
  prints([
    ['{{ 7 + 2 }} {{ 7 - 2 }} {{ 7 * 2 }} {{ 7 / 2 }} {{ 7 % 2 }} {{ 8 / 2 }}', '9 5 14 3.5 1 4'],
    ['{{ 10 - 3 - 2 }} {{ 100 / 10 / 5 }} {{ 1 + 2 * 3 }} {{ (1 + 2) * 3 }}', '5 2 7 9'],
    ['{{ n-1 }} {{ n -1 }} {{ n - -1 }} {{ -7 % 3 }} {{ 7.5 % 2 }}', '4 4 6 -1 1.5'],
    ['{{ 1 / 0 }}', 'NaN'],
    ['{{ 1 == 1.0 }} {{ 1 != 2 }} {{ "a" == "a" }} {{ items == ["a", "b", "c"] }} {{ obj == obj }} {{ nil == nil }} {{ t != false }}', 'true true true true true true true'],
    ['{{ n == "5" }} {{ n != "5" }} {{ t == "true" }}', 'false false false'],
    ['{{ 1 < 2 }} {{ 2 <= 2 }} {{ 1 > 2 }} {{ 2 >= 3 }}', 'true true false false'],
    ['{{ t and n }} {{ t and nil }} {{ nil or n }} {{ not t }} {{ not nil }}', 'true false true false true'],
    ['{{ false and t or t }} {{ t or t and false }} {{ not false and t }} {{ not (t and false) }}', 'true true true true'],
    ['{{ not n == 5 }} {{ not "a" in items }} {{ n + 1 > 5 and n * 2 == 10 }}', 'false false true'],
    ['{{ true or missing.x }} {{ false and throw(message="x") }}', 'true false'],
    ['{{ "a" ~ 1 ~ f ~ name }}', 'a13.14159feature/login'],
    ['{{ "a" ~ "b" | upper }} {{ "a" | upper ~ "b" }}', 'AB Ab'],
    ['{{ "ea" in name }} {{ "z" in name }} {{ "a" in items }} {{ "a" in obj }} {{ "z" not in obj }} {{ 1 not in nums }} {{ 2 in [1, 2] }}', 'true false true true true false true'],
    ['{{ items | length + 1 }} {{ 1 + items | length }} {{ 2 * items | length - 1 }} {{ items | length == 3 }}', '4 4 5 true'],
  ]);
  fails([
    ['{{ 1 + name }}', "1:8 '+' needs numbers, but got a string"],
    ['{{ nil - 1 }}', "1:4 '-' needs numbers, but got null"],
    ['{{ t * 1 }}', "1:4 '*' needs numbers, but got a boolean"],
    ['{{ 1 / 0 + 1 }}', "1:6 '+' needs numbers, but got NaN"],
    ['{{ n % 0 }}', "1:6 '%' by zero"],
    ['{{ 9007199254740991 + 1 }}', '1:21 9007199254740991 + 1 is out of bounds'],
    ['{{ "a" < "b" }}', "1:4 '<' needs numbers, but got a string"],
    ['{{ missing == 1 }}', "1:4 Variable 'missing' not found in context"],
    ['{{ "a" ~ t }}', "1:10 '~' needs strings and numbers, but got a boolean"],
    ['{{ 5 in name }}', "1:6 'in' needs a string, but got a number"],
    ['{{ "a" in n }}', "1:8 'in' needs a string, an array or an object to look into, but got a number"],
    ['{{ 1 < 2 < 3 }}', "1:10 expected '}}', but found '<'"],
    ['{{ t and }}', '1:10 expected a value, but found the end of the tag'],
    ['{{ (n }}', "1:7 expected ')', but found the end of the tag"],
    ['{{ [1 2] }}', "1:7 expected ',', but found a number"],
    ['{{ -n }}', "1:4 expected a value, but found '-'"],
  ]);
});

describe('what is true', () => {
  test.each(['missing', 'missing.x', 'nil', 'false', '0', '0.0', '""', 'empty', '[]', 'none', 'missing | upper', 'items | upper', '1 / 0 == 1'])('%s is not', (condition) => {
    expect(render(`{% if ${condition} %}yes{% else %}no{% endif %}`, { nil: null, empty: '', none: {}, items: [1] })).toBe('no');
  });
  test.each(['t', '1', '-0.5', '"x"', '[0]', 'obj', 'not missing', 'name | length', 'range(end=1)'])('%s is', (condition) => {
    expect(render(`{% if ${condition} %}yes{% else %}no{% endif %}`)).toBe('yes');
  });
});

describe('if', () => {
  prints([
    ['{% if n == 1 %}a{% elif n == 5 %}b{% elif true %}c{% else %}d{% endif %}', 'b'],
    ['{% if nil %}a{% elif nil %}b{% else %}d{% endif %}', 'd'],
    ['{% if nil %}a{% endif %}', ''],
  ]);
  fails([
    ['x\n{% if t %}\ny', "2:4 'if' is never closed"],
    ['{% if t %}{% else %}', "1:4 'if' is never closed"],
    ['{% if t %}{% else %}{% else %}{% endif %}', "1:24 'else' does not belong here"],
    ['{% if t %}{% else %}{% elif t %}{% endif %}', "1:24 'elif' does not belong here"],
    ['{% if t %}{% endfor %}', "1:14 'endfor' does not belong here"],
    ['{% endif %}', "1:4 'endif' does not belong here"],
    ['{% if %}{% endif %}', '1:7 expected a value, but found the end of the tag'],
    ['{% if t %}{% endif t %}', "1:20 expected '%}', but found 't'"],
  ]);
});

describe('for', () => {
  prints([
    ['{% for x in items %}{{ loop.index }}{{ loop.index0 }}{{ loop.first }}{{ loop.last }}{{ x }} {% endfor %}', '10truefalsea 21falsefalseb 32falsetruec '],
    ['{% for k, v in obj %}{{ k }}={{ v }};{% endfor %}', 'b=1;a=x;'],
    ['{% for c in uni %}{{ c }}.{% endfor %}', 'a.ñ.日.本.語.x.'],
    ['{% for x in items | reverse %}{{ x }}{% endfor %}{% for x in [1, 2] %}{{ x }}{% endfor %}', 'cba12'],
    ['{% for x in "" %}a{% else %}none{% endfor %}{% for k, v in obj %}{% else %}none{% endfor %}', 'none'],
    ['{% for x in missing | default(value=[]) %}a{% else %}none{% endfor %}', 'none'],
    ['{% for x in nums %}{% for y in items %}{{ loop.index }}{% endfor %}{{ loop.index }} {% endfor %}', '1231 1232 1233 '],
    ['{% for x in nums %}{% if x == 1 %}{% break %}{% endif %}{{ x }}{% endfor %}', '3'],
    ['{% for x in nums %}{% if x == 1 %}{% continue %}{% endif %}{{ x }}{% endfor %}', '32'],
    ['{% for x in nums %}{% for y in items %}{% break %}{% endfor %}{{ x }}{% endfor %}', '312'],
    ['{% for name in items %}{{ name }}{% endfor %}{{ name }}', 'abcfeature/login'],
  ]);
  fails([
    ['{% for x in missing %}{% endfor %}', "1:13 Variable 'missing' not found in context"],
    ['{% for x in n %}{% endfor %}', '1:13 nothing to loop over: this is a number'],
    ['{% for x in nil %}{% endfor %}', '1:13 nothing to loop over: this is null'],
    ['{% for x in obj %}{% endfor %}', '1:13 a loop over an object needs a name for the key and one for the value'],
    ['{% for k, v in items %}{% endfor %}', '1:16 only an object has keys and values to loop over: this is an array'],
    ['{% for x items %}{% endfor %}', "1:10 expected 'in', but found 'items'"],
    ['{% for x in items %}', "1:4 'for' is never closed"],
    ['{% break %}', "1:4 'break' outside of a loop"],
    ['{% for x in items %}{% filter upper %}{% continue %}{% endfilter %}{% endfor %}', "1:42 'continue' outside of a loop"],
    ['{% for x in items %}{{ loop.nope }}{% endfor %}', "1:24 Variable 'loop.nope' not found in context"],
  ]);
});

describe('set', () => {
  prints([
    ['{% set x = 1 + 2 * 3 %}{{ x }}{% set x = "y" %}{{ x }}', '7y'],
    ['{% set name = "mine" %}{{ name }}', 'mine'],
    ['{% if t %}{% set x = 1 %}{% endif %}{{ x }}', '1'],
    ['{% for i in nums %}{% set x = i %}{% endfor %}{{ x | default(value="gone") }}', 'gone'],
    ['{% for i in nums %}{% if i == 3 %}{% set x = i %}{% endif %}{{ x | default(value="-") }}{% endfor %}', '3--'],
    ['{% for i in nums %}{% for j in nums %}{% set_global x = i * j %}{% endfor %}{% endfor %}{{ x }}', '4'],
    ['{% set x = nil %}{{ x is defined }}', 'true'],
  ]);
  fails([
    ['{% set a.b = 1 %}', "1:9 expected '=', but found '.b'"],
    ['{% set x = %}', '1:12 expected a value, but found the end of the tag'],
    ['{% set %}', '1:8 expected the name of a variable, but found the end of the tag'],
  ]);
});

describe('filter sections', () => {
  prints([
    ['{% filter upper %}a {{ name }}{% endfilter %}', 'A FEATURE/LOGIN'],
    ['{% filter replace(from="a", to="b") %}banana{% endfilter %}', 'bbnbnb'],
    ['{% filter length %}abc{% endfilter %}', '3'],
    ['{% filter upper %}{% set x = 1 %}{% endfilter %}{{ x }}', '1'],
  ]);
  fails([
    ['{% filter nope %}{% endfilter %}', "1:11 unknown filter 'nope'"],
    ['{% filter upper %}', "1:4 'filter' is never closed"],
    ['{% filter first %}x{% endfilter %}', "1:11 filter 'first' needs an array, but got a string"],
  ]);
});

describe('macros', () => {
  prints([
    ['{{ self::hi(who="you") }}{% macro hi(who, greeting="hi") %}{{ greeting }} {{ who }}{% endmacro hi %}', 'hi you'],
    ['{% macro f(a="x", b=1, c=true) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ self::f(b=2, unknown=3) }}', 'x2true'],
    ['{% macro f(a="x") %}[{{ a }}]{% endmacro %}{{ self::f(a=nil) }}', '[]'],
    ['{% macro f() %}{{ name }}{% endmacro %}{{ self::f() | upper }}', 'FEATURE/LOGIN'],
    ['{% set x = 1 %}{% macro f() %}{{ x | default(value="own scope") }}{% set y = 1 %}{% endmacro %}{{ self::f() }}{{ y is defined }}', 'own scopefalse'],
    ['{% macro f() %}{% for x in nums %}{% if x == 1 %}{% break %}{% endif %}{{ x }}{% endfor %}{% endmacro %}{% if self::f() == "3" %}y{% endif %}', 'y'],
    ['{% macro f(n) %}{% if n > 1 %}{{ self::f(n=n - 1) }}{% else %}bottom{% endif %}{% endmacro %}{{ self::f(n=100) }}', 'bottom'],
  ]);
  fails([
    ['{% macro f(n) %}{% if n > 1 %}{{ self::f(n=n - 1) }}{% endif %}{% endmacro %}{{ self::f(n=101) }}', "1:40 macro 'f' calls itself too often"],
    ['{{ self::nope() }}', "1:10 unknown macro 'nope'"],
    ['{{ other::f() }}', "1:4 unknown namespace 'other': macros are called as self::name()"],
    ['{% macro f(a) %}{% endmacro %}{{ self::f() }}', "1:40 macro 'f' needs the argument 'a'"],
    ['{% macro f() %}{% endmacro %}{% macro f() %}{% endmacro %}', "1:39 the macro 'f' is defined twice"],
    ['{% if t %}{% macro f() %}{% endmacro %}{% endif %}', "1:14 'macro' inside of another tag"],
    ['{% macro f(a=nil) %}{% endmacro %}', "1:14 expected a string, a number or a boolean, but found 'nil'"],
    ['{% macro f() %}', "1:4 'macro' is never closed"],
    ['{% for x in items %}{% macro f() %}{% break %}{% endmacro %}{% endfor %}', "1:24 'macro' inside of another tag"],
    ['{% macro f(x) %}{{ x }}{% endmacro %}{{ self::f(x=missing) }}', "1:51 Variable 'missing' not found in context"],
  ]);
});

describe('what needs other templates is not available', () => {
  test.each(['include "x"', 'extends "x"', 'import "x" as y', 'block x'])('%s', (tag) => {
    expect(failure(`{% ${tag} %}`)).toBe(`1:4 '${tag.split(' ')[0]}' is not available: there is only this one template`);
  });
});

describe('tests', () => {
  prints([
    ['{{ n is defined }} {{ nil is defined }} {{ obj.a is defined }} {{ obj.x is defined }} {{ missing.x[y] is not defined }}', 'true true true false true'],
    ['{{ missing is undefined }} {{ n is undefined }}', 'true false'],
    ['{{ n is odd }} {{ n is even }} {{ 4 is even }} {{ 2.5 is odd }}', 'true false true true'],
    ['{{ name is string }} {{ n is string }} {{ n is number }} {{ name is number }}', 'true false true false'],
    ['{{ n is divisibleby(5) }} {{ n is divisibleby(2) }} {{ n is not divisibleby(2) }}', 'true false true'],
    ['{{ items is iterable }} {{ obj is iterable }} {{ name is iterable }} {{ obj is object }} {{ items is object }}', 'true true false true false'],
    ['{{ name is starting_with("feat") }} {{ name is ending_with("in") }} {{ name is starting_with("x") }}', 'true true false'],
    ['{{ name is containing("ture") }} {{ items is containing("b") }} {{ obj is containing("a") }} {{ nums is containing([1]) }}', 'true true true false'],
    ['{{ name is matching("^feat.*n$") }} {{ name is matching("^login") }}', 'true false'],
    ['{{ n is odd | as_str | upper }} {{ items | first is string and t }}', 'TRUE true'],
  ]);
  fails([
    ['{{ n is nope }}', "1:9 unknown test 'nope'"],
    ['{{ n is odd(1) }}', "1:9 test 'odd' takes no argument, but got 1"],
    ['{{ n is divisibleby }}', "1:9 test 'divisibleby' takes one argument, but got 0"],
    ['{{ missing is odd }}', "1:15 test 'odd' was asked about something undefined"],
    ['{{ missing is string }}', "1:15 test 'string' was asked about something undefined"],
    ['{{ name is odd }}', "1:12 test 'odd' needs a number, but got a string"],
    ['{{ n is divisibleby("x") }}', "1:9 test 'divisibleby' needs a number, but got a string"],
    ['{{ n is starting_with("x") }}', "1:9 test 'starting_with' needs a string, but got a number"],
    ['{{ name is ending_with(1) }}', "1:12 test 'ending_with' needs a string, but got a number"],
    ['{{ n is containing("x") }}', "1:9 test 'containing' needs a string, an array or an object to look into, but got a number"],
    ['{{ name is matching("(") }}', "1:12 test 'matching' got an invalid regular expression '(': unclosed group"],
    ['{{ n is }}', '1:9 expected the name of a test, but found the end of the tag'],
  ]);
});

describe('functions', () => {
  prints([
    ['{{ range(end=3) }} {{ range(start=1, end=6, step_by=2) }} {{ range(end=0) }}', '[0, 1, 2] [1, 3, 5] []'],
    ['{{ get_env(name="NAME") }} {{ get_env(name="NOPE", default="d") }} [{{ get_env(name="EMPTY", default="d") }}]', 'value d []'],
    ['{{ now(utc=true) }} {{ now(timestamp=true) }}', '2024-03-05T10:20:30.456+00:00 1709634030'],
    ['{{ now() | date(format="%s") }}', '1709634030'],
    ['{{ get_random(start=3, end=4) }}', '3'],
  ]);
  fails([
    ['{{ nope() }}', "1:4 unknown function 'nope'"],
    ['{{ throw(message="boom") }}', '1:4 boom'],
    ['{{ throw() }}', "1:4 function 'throw' needs the argument 'message'"],
    ['{{ range() }}', "1:4 function 'range' needs the argument 'end'"],
    ['{{ range(end="x") }}', "1:14 the argument 'end' of 'range' must be a whole number that is not negative, but is a string"],
    ['{{ range(end=-1) }}', "1:14 the argument 'end' of 'range' must be a whole number that is not negative, but is -1"],
    ['{{ range(start=3, end=1) }}', "1:4 function 'range' cannot count from 3 to 1"],
    ['{{ range(end=1, step_by=0) }}', "1:4 function 'range' cannot count in steps of 0"],
    ['{{ get_env(name="NOPE") }}', "1:4 function 'get_env' finds no variable 'NOPE' in the environment"],
    ['{{ get_env(name="toString") }}', "1:4 function 'get_env' finds no variable 'toString' in the environment"],
    ['{{ get_random(end=0) }}', "1:4 function 'get_random' finds no number from 0 to below 0"],
    ['{{ range(3) }}', '1:10 expected the name of an argument, but found a number'],
  ]);
});

describe('__tera_context', () => {
  test('tells what is in sight, as JSON', () => {
    expect(render('{% set c = 3 %}{% for x in [1] %}{{ __tera_context }}{% endfor %}', { b: 'x', a: null })).toBe('{\n  "b": "x",\n  "a": null,\n  "c": 3,\n  "x": 1\n}');
    expect(render('{% macro f(p) %}{{ __tera_context }}{% endmacro %}{{ self::f(p=1) }}', { a: 1 })).toBe('{\n  "p": 1\n}');
  });
});

describe('a template reaches own data only', () => {
  test.each(['toString', 'constructor', '__proto__', 'hasOwnProperty', 'obj.constructor', 'obj["__proto__"]', 'items.length', 'items.constructor', 'name.constructor', 'n.toFixed', 'loop', 'process', 'self'])('%s is undefined', (path) => {
    expect(render(`{{ ${path} is defined }}`)).toBe('false');
  });
  test('a key is own data whatever it is called', () => {
    expect(render('{{ constructor }} {{ o["__proto__"] }}', JSON.parse('{"constructor": 1, "o": {"__proto__": 2}}') as Record<string, never>)).toBe('1 2');
    expect(render('{% for k, v in rows | group_by(attribute="k") %}{{ k }} {{ v | length }};{% endfor %}', { rows: [{ k: '__proto__' }, { k: '7' }, { k: 'constructor' }, { k: '1' }] })).toBe(
      '__proto__ 1;7 1;constructor 1;1 1;',
    );
  });
});
