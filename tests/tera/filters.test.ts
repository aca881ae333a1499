import { describe, expect, test } from 'vitest';
import { failure, render } from './render';

const strings: readonly (readonly [template: string, expected: string])[] = [
  ['{{ "aß" | upper }} {{ "ÄB" | lower }} {{ "hello wORLD" | capitalize }}', 'ASS äb Hello world'],
  [`{{ "it's 'quoted' o'neil x_y ÄÖ" | title }}`, "It's 'Quoted' O'neil X_y Äö"],
  ['[{{ ws | trim }}] [{{ ws | trim_start }}] [{{ ws | trim_end }}]', '[pad] [pad  ] [  pad]'],
  ['{{ "xxaxx" | trim_start_matches(pat="x") }} {{ "xxaxx" | trim_end_matches(pat="x") }} {{ "ab" | trim_start_matches(pat="") }}', 'axx xxa ab'],
  ['{{ long | truncate(length=9) }} {{ long | truncate(length=3, end="") }} {{ "a" | truncate(length=0) }} {{ "abc" | truncate(length=3) }}', 'The quick… The … abc'],
  ['{{ "e\u0301e\u0301e\u0301" | truncate(length=2, end="") }}', 'e\u0301e\u0301'],
  ['{{ long | wordcount }} {{ ws | wordcount }} {{ "" | wordcount }}', '6 1 0'],
  ['{{ name | replace(from="/", to="-") }} {{ "aaa" | replace(from="a", to="") }}| {{ "ab" | replace(from="", to="-") }}', 'feature-login | -a-b-'],
  ['{{ "a,b,,c" | split(pat=",") }} {{ "a" | split(pat="") }} {{ multi | split(pat="\\n") | last }}', '[a, b, , c] [, a, ] line2'],
  ['{{ multi | indent }} {{ multi | indent(prefix="> ", first=true) }}', 'line1\n    line2 > line1\n> line2'],
  ['{{ "a\n\n b" | indent(prefix="-") }} {{ "a\n\nb" | indent(prefix="-", blank=true) }}', 'a\n\n- b a\n-\n-b'],
  ['{{ "a\\b\'c" | addslashes }}', "a\\\\b\\'c"],
  ['{{ multi | linebreaksbr }} {{ "a\r\nb" | linebreaksbr }}', 'line1<br>line2 a<br>b'],
  ['{{ "<p>  <a>  x </a> </p>" | spaceless }}', '<p><a>  x </a></p>'],
  ['{{ "<p>a <!-- x > y -->b</p> <c" | striptags }} {{ "<!-- \n --> x" | striptags }}', 'a b <c  x'],
  ['{{ html | escape }} {{ "\'/" | escape }} {{ html | escape_xml }} {{ "\'/" | escape_xml }}', '&lt;b&gt;&amp;&quot;x&quot;&lt;&#x2F;b&gt; &#x27;&#x2F; &lt;b&gt;&amp;&quot;x&quot;&lt;/b&gt; &apos;/'],
  ['{{ html | safe }}', '<b>&"x"</b>'],
  ['{{ "a b?c=d&e/f%~-._é|\\\\^{}<>`;:@[]!$\'()*+,#" | urlencode }}', 'a%20b%3Fc%3Dd%26e/f%~-._%C3%A9%7C%5C%5C%5E%7B%7D%3C%3E%60%3B%3A%40%5B%5D%21%24%27%28%29%2A%2B%2C%23'],
  ['{{ "a b/é" | urlencode_strict }}', 'a%20b%2F%C3%A9'],
  ['{{ "añ ß Æ & Ø--y!" | slugify }} {{ "" | slugify }}', 'an-ss-ae-o-y '],
];

const arrays: readonly (readonly [template: string, expected: string])[] = [
  ['{{ items | first }} {{ items | last }} {{ items | nth(n=1) }} [{{ items | nth(n=9) }}] [{{ [] | first }}] [{{ [] | last }}]', 'a c b [] [] []'],
  ['{{ items | join }} {{ items | join(sep=", ") }} {{ [1, nil, true] | join(sep="-") }} {{ items | join(sep="\\n") }}', 'abc a, b, c 1--true a\nb\nc'],
  ['{{ nums | sort }} {{ ["b", "A", "a"] | sort }} {{ [true, false] | sort }} {{ [[1, 2], [3]] | sort }} {{ [] | sort }}', '[1, 2, 3] [A, a, b] [false, true] [[3], [1, 2]] []'],
  ['{{ worktrees | sort(attribute="size") | map(attribute="branch") }}', '[fix, main, feat/x]'],
  ['{{ dup | unique }} {{ ["b", "A", "a"] | unique }} {{ ["b", "A", "a"] | unique(case_sensitive=true) }} {{ [1, 1, 2] | unique }} {{ [] | unique }}', '[x, y] [b, A] [b, A, a] [1, 2] []'],
  ['{{ worktrees | unique(attribute="dirty") | map(attribute="branch") }}', '[main, feat/x]'],
  ['{{ items | slice(start=1) }} {{ items | slice(end=2) }} {{ items | slice(start=-2) }} {{ items | slice(end=-1) }} {{ items | slice(start=2, end=1) }} {{ items | slice(start=-9, end=99) }}', '[b, c] [a, b] [b, c] [a, b] [] [a, b, c]'],
  ['{% for k, v in worktrees | group_by(attribute="dirty") %}{{ k }}:{{ v | length }} {% endfor %}{{ [] | group_by(attribute="x") | length }}', 'false:1 true:2 0'],
  ['{% for k, v in worktrees | group_by(attribute="pr.number") %}{{ k }}:{{ v | length }}{% endfor %}', '7:1'],
  ['{{ worktrees | filter(attribute="dirty", value=true) | map(attribute="branch") }} {{ worktrees | filter(attribute="pr") | length }} {{ worktrees | filter(attribute="nope") }}', '[feat/x, fix] 1 []'],
  ['{{ worktrees | map(attribute="pr.title") }} {{ worktrees | map(attribute="pr") | length }}', '[Add X] 1'],
  ['{{ items | concat(with="z") }} {{ items | concat(with=nums) }} {{ items | concat(with=[]) }}', '[a, b, c, z] [a, b, c, 3, 1, 2] [a, b, c]'],
  ['{{ items | reverse }} {{ uni | reverse }} {{ [] | reverse }}', '[c, b, a] x語本日ña []'],
  ['{{ items | length }} {{ uni | length }} {{ obj | length }} {{ "" | length }}', '3 6 2 0'],
];

const numbers: readonly (readonly [template: string, expected: string])[] = [
  ['{{ "3.9" | int }} {{ "x" | int }} {{ "x" | int(default=7) }} {{ "0xff" | int(base=16) }} {{ "0b11" | int(base=2) }} {{ "17" | int(base=8) }} {{ -3.9 | int }} {{ " +4 " | int }} {{ "12a" | int }}', '3 0 7 255 3 15 -3 4 0'],
  ['{{ "1e3" | float }} {{ "x" | float }} {{ "x" | float(default=1.5) }} {{ ".5" | float }} {{ "5." | float }} {{ 2 | float }} {{ "" | float }}', '1000 0 1.5 0.5 5 2 0'],
  ['{{ -3 | abs }} {{ 3.5 | abs }}', '3 3.5'],
  ['{{ 2.5 | round }} {{ -2.5 | round }} {{ 2.345 | round(precision=2) }} {{ 1250 | round(precision=-2) }} {{ 2.1 | round(method="ceil") }} {{ -2.1 | round(method="floor") }} {{ 2.11 | round(method="ceil", precision=1) }} {{ 5.5 | round(precision=400) }}', '3 -3 2.35 1300 3 -3 2.2 5.5'],
  ['{{ 1 | pluralize }}|{{ 2 | pluralize }}|{{ 0 | pluralize(singular="y", plural="ies") }}|{{ -1 | pluralize(singular="y") }}', '|s|ies|y'],
  ['{{ 0 | filesizeformat }} {{ 1023 | filesizeformat }} {{ 1048575 | filesizeformat }} {{ 1048576 | filesizeformat }} {{ 999999999999 | filesizeformat }}', '0 B 1023 B 1024.00 kB 1 MB 931.32 GB'],
  ['{{ 2048 | filesizeformat(binary=true) }} {{ size | filesizeformat(binary=true) }} {{ 10 | filesizeformat(binary=true) }}', '2 KiB 1.18 MiB 10 B'],
];

const general: readonly (readonly [template: string, expected: string])[] = [
  ['{{ missing | default(value="x") }} {{ obj.nope.deep | default(value=1) }} {{ n | default(value=1) }} [{{ empty | default(value="x") }}] [{{ nil | default(value="x") }}] {{ items[9] | default(value="x") | upper }}', 'x 1 5 [] [] X'],
  ['{{ obj | json_encode }} {{ "é\n" | json_encode }} {{ nil | json_encode }} {{ [] | json_encode(pretty=true) }} {{ [1, obj] | json_encode(pretty=true) }}', '{"b":1,"a":"x"} "é\\n" null [] [\n  1,\n  {\n    "b": 1,\n    "a": "x"\n  }\n]'],
  ['{{ n | as_str | length }} {{ items | as_str | length }} {{ obj | as_str }}', '1 9 [object]'],
  ['{{ obj | get(key="b") }} {{ obj | get(key="zz", default="d") }} [{{ worktrees | first | get(key="pr", default="d") }}]', '1 d []'],
];

const dates: readonly (readonly [template: string, expected: string])[] = [
  ['{{ ts | date }} {{ day | date }} {{ iso | date }} {{ 0 | date }} {{ -1 | date }}', '2023-11-14 2024-03-05 2024-03-05 1970-01-01 1969-12-31'],
  ['{{ iso | date(format="%a %A %b %B %h %d %e %j %u %w %y %C %Y %m") }}', 'Tue Tuesday Mar March Mar 05  5 065 2 2 24 20 2024 03'],
  ['{{ iso | date(format="%H %I %k %l %M %S %p %P %s") }}', '10 10 10 10 20 30 AM am 1709634030'],
  ['{{ ts | date(format="%H %I %k %l %p %P") }} {{ "2024-03-05T00:00:00Z" | date(format="%H %I %k %l") }}', '22 10 22 10 PM pm 00 12  0 12'],
  ['{{ iso | date(format="%c|%D|%F|%R|%T|%X|%x|%r|%v|%+") }}', 'Tue Mar  5 10:20:30 2024|03/05/24|2024-03-05|10:20|10:20:30|10:20:30|03/05/24|10:20:30 AM| 5-Mar-2024|2024-03-05T10:20:30+00:00'],
  ['{{ iso | date(format="%U %W %V %G %g") }} {{ "2021-01-03" | date(format="%U %W %V %G %g") }}', '09 10 10 2024 24 01 00 53 2020 20'],
  ['{{ iso | date(format="%-d %_d %0e %-m %-j") }} {{ iso | date(format="%n%t%%") }}', '5  5 05 3 65 \n\t%'],
  ['{{ "2024-03-05T10:20:30.123456+02:00" | date(format="%f %.f %.3f %3f %.6f %9f %z %:z %::z %:::z %Z %+ %s") }}', '123456000 .123456 .123 123 .123456 123456000 +0200 +02:00 +02:00:00 +02 +02:00 2024-03-05T10:20:30.123456+02:00 1709626830'],
  ['{{ "2024-03-05T10:20:30" | date(format="%z %Z %T%.f") }} {{ "2024-03-05T10:20:30-0330" | date(format="%z") }}', '+0000 UTC 10:20:30 -0330'],
  ['{{ ts | date(format="%Y-%m-%d %H:%M %Z", timezone="Europe/Berlin") }} {{ ts | date(format="%H:%M %Z %z", timezone="America/New_York") }} {{ iso | date(format="%H:%M %z", timezone="Asia/Kolkata") }}', '2023-11-14 23:13 CET 17:13 EST -0500 15:50 +0530'],
];

describe.each([
  ['strings', strings],
  ['arrays', arrays],
  ['numbers', numbers],
  ['anything', general],
  ['dates', dates],
])('of %s', (_, table) => {
  test.each(table)('%s prints %j', (template, expected) => {
    expect(render(template)).toBe(expected);
  });
});

describe('a filter refuses what it is not made for:', () => {
  const ofStrings = [
    'upper', 'lower', 'trim', 'trim_start', 'trim_end', 'trim_start_matches(pat="x")', 'trim_end_matches(pat="x")', 'wordcount', 'replace(from="a", to="b")', 'capitalize',
    'title', 'linebreaksbr', 'indent', 'striptags', 'spaceless', 'escape', 'escape_xml', 'addslashes', 'split(pat="x")', 'truncate', 'slugify', 'urlencode', 'urlencode_strict',
  ];
  test.each(ofStrings)('%s, which needs a string', (filter) => {
    expect(failure(`{{ n | ${filter} }}`)).toBe(`1:8 filter '${filter.replace(/\(.*/, '')}' needs a string, but got a number`);
  });
  const ofArrays = ['first', 'last', 'nth(n=0)', 'join', 'sort', 'unique', 'slice', 'group_by(attribute="x")', 'filter(attribute="x")', 'map(attribute="x")', 'concat(with=1)'];
  test.each(ofArrays)('%s, which needs an array', (filter) => {
    expect(failure(`{{ name | ${filter} }}`)).toBe(`1:11 filter '${filter.replace(/\(.*/, '')}' needs an array, but got a string`);
  });
  test.each(['abs', 'round', 'pluralize', 'filesizeformat'])('%s, which needs a number', (filter) => {
    expect(failure(`{{ name | ${filter} }}`)).toBe(`1:11 filter '${filter}' needs a number, but got a string`);
  });
  test.each([
    ['{{ t | int }}', "1:8 filter 'int' needs a string or a number, but got a boolean"],
    ['{{ nil | float }}', "1:10 filter 'float' needs a string or a number, but got null"],
    ['{{ n | length }}', "1:8 filter 'length' needs a string, an array or an object, but got a number"],
    ['{{ obj | reverse }}', "1:10 filter 'reverse' needs a string or an array, but got an object"],
    ['{{ items | get(key="x") }}', "1:12 filter 'get' needs an object, but got an array"],
    ['{{ t | date }}', "1:8 filter 'date' needs a number or a string, but got a boolean"],
    ['{{ nil | upper }}', "1:10 filter 'upper' needs a string, but got null"],
  ])('%s', (template, message) => {
    expect(failure(template)).toBe(message);
  });
});

describe('a filter says what it cannot do without:', () => {
  test.each([
    ['trim_start_matches', 'pat'], ['trim_end_matches', 'pat'], ['replace', 'from'], ['replace(from="a")', 'to'], ['split', 'pat'], ['nth', 'n'], ['group_by', 'attribute'],
    ['filter', 'attribute'], ['map', 'attribute'], ['concat', 'with'], ['get', 'key'], ['default', 'value'],
  ])('%s needs %s', (filter, argument) => {
    expect(failure(`{{ n | ${filter} }}`)).toBe(`1:8 filter '${filter.replace(/\(.*/, '')}' needs the argument '${argument}'`);
  });
});

test.each([
  ['{{ missing | upper | default(value="x") }}', "1:4 Variable 'missing' not found in context"],
  ['{{ obj | get(key="nope") }}', "1:10 filter 'get' finds no key 'nope'"],
  ['{{ name | truncate(length="x") }}', "1:27 the argument 'length' of 'truncate' must be a whole number that is not negative, but is a string"],
  ['{{ multi | indent(first=1) }}', "1:25 the argument 'first' of 'indent' must be a boolean, but is 1"],
  ['{{ items | slice(start="x") }}', "1:24 the argument 'start' of 'slice' must be a number, but is a string"],
  ['{{ items | nth(n=-1) }}', "1:18 the argument 'n' of 'nth' must be a whole number that is not negative, but is -1"],
  ['{{ f | round(precision=0.5) }}', "1:24 the argument 'precision' of 'round' must be a whole number, but is 0.5"],
  ['{{ f | round(method="x") }}', "1:8 filter 'round' rounds by 'common', 'ceil' or 'floor', not by 'x'"],
  ['{{ "1" | int(base=1) }}', "1:10 filter 'int' knows no digits to the base 1"],
  ['{{ f | filesizeformat }}', "1:8 filter 'filesizeformat' needs a whole number that is not negative, but got 3.14159"],
  ['{{ [nil] | sort }}', "1:12 filter 'sort' cannot sort by null"],
  ['{{ [1, "a"] | sort }}', "1:15 filter 'sort' cannot compare a number with a string"],
  ['{{ worktrees | sort }}', "1:16 filter 'sort' cannot sort by objects"],
  ['{{ worktrees | sort(attribute="nope") }}', "1:16 filter 'sort' finds no attribute 'nope' in an element"],
  ['{{ worktrees | unique }}', "1:16 filter 'unique' cannot tell an object from another"],
  ['{{ worktrees | unique(attribute="nope") }}', "1:16 filter 'unique' finds no attribute 'nope' in the first element"],
  ['{{ [1, "a"] | unique }}', "1:15 filter 'unique' cannot compare a number with a string"],
  ['{{ "x" | date }}', "1:10 filter 'date' cannot read 'x' as a date"],
  ['{{ "2024-02-31" | date }}', "1:19 filter 'date' cannot read '2024-02-31' as a date"],
  ['{{ "2024-03-05T25:00:00Z" | date }}', "1:29 filter 'date' cannot read '2024-03-05T25:00:00Z' as a date"],
  ['{{ f | date }}', "1:8 filter 'date' needs whole seconds, but got 3.14159"],
  ['{{ 9007199254740991 | date }}', "1:23 filter 'date' got a moment too far away"],
  ['{{ ts | date(format="%Q") }}', "1:9 filter 'date' got an invalid format '%Q'"],
  ['{{ ts | date(format="100%") }}', "1:9 filter 'date' got an invalid format '100%'"],
  ['{{ ts | date(timezone="Nowhere/Land") }}', "1:9 filter 'date' knows no time zone 'Nowhere/Land'"],
  ['{{ n | }}', '1:8 expected the name of a filter, but found the end of the tag'],
  ['{{ n | upper( }}', '1:15 expected the name of an argument, but found the end of the tag'],
  ['{{ items | join(", ") }}', '1:17 expected the name of an argument, but found a string'],
])('%s fails with %j', (template, message) => {
  expect(failure(template)).toBe(message);
});

test('what an argument is called that a filter does not know makes no difference', () => {
  expect(render('{{ name | upper(really=true) }}')).toBe('FEATURE/LOGIN');
});
