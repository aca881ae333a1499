import { describe, expect, test } from 'vitest';
import { failure, render } from './render';

function isFound(pattern: string, text: string): boolean {
  return render('{{ text is matching(pattern) }}', { pattern, text }) === 'true';
}

describe('a regular expression is found', () => {
  test.each([
    ['', 'anything'],
    ['b', 'abc'],
    ['^a.c$', 'abc'],
    ['a|b|cd', 'xcdx'],
    ['^(?:ab)*$', 'abab'],
    ['^(a)?b+c{2}d{1,3}e{2,}$', 'bbccddeee'],
    ['^a*?b??$', 'aab'],
    ['[a-c]', 'xbx'],
    ['^[^a-c]+$', 'xyz'],
    ['^[]a-]+$', ']a-'],
    ['^[\\d\\-x]+$', '1-x'],
    ['^[[:alpha:][:digit:]]+$', 'a1'],
    ['^[a[bc]]+$', 'abc'],
    ['^\\d\\w\\s\\D\\W\\S$', '1_ x-x'],
    ['^\\w+$', 'äöé日'],
    ['\\bfoo\\b', 'a foo!'],
    ['\\Bo', 'foo'],
    ['\\Aab\\z', 'ab'],
    ['(?i)^FEAT', 'feature'],
    ['(?i:A)b', 'ab'],
    ['(?s)a.b', 'a\nb'],
    ['(?m)^b$', 'a\nb\nc'],
    ['(?i)a(?-i)B', 'AB'],
    ['^(?P<name>a)(?<other>b)$', 'ab'],
    ['\\.\\*\\/\\x41\\u{1F600}\\t', '.*/A😀\t'],
    ['^\\p{Lu}\\p{Greek}\\P{L}$', 'Aα1'],
    ['^.$', '😀'],
    ['^(a+)+$', 'a'.repeat(500)],
  ])('%s in %j', (pattern, text) => {
    expect(isFound(pattern, text)).toBe(true);
  });
});

describe('a regular expression is not found', () => {
  test.each([
    ['a', ''],
    ['^b', 'ab'],
    ['a$', 'ab'],
    ['a.b', 'a\nb'],
    ['^b$', 'a\nb\nc'],
    ['FEAT', 'feature'],
    ['^(?i:a)b$', 'AB'],
    ['^a{2,3}$', 'aaaa'],
    ['[^\\w]', 'abc'],
    ['\\bfoo\\b', 'food'],
    ['[[:^alpha:]]', 'abc'],
    ['^(a+)+$', `${'a'.repeat(5000)}!`],
    ['(x+x+)+y', 'x'.repeat(5000)],
  ])('%s in %j', (pattern, text) => {
    expect(isFound(pattern, text)).toBe(false);
  });
});

test.each(['(', ')', '(?=a)', '(?!a)', '(?<=a)', '(?<!a)', '\\1', '\\y', '*', 'a{', 'a{x}', 'a{3,1}', '[a', '[z-a]', '[a&&b]', '\\p{Nope}', '\\', '[[:nope:]]', '(?P<a', '\\u{110000}', '(?z)'])('%s is no regular expression', (pattern) => {
  expect(failure('{{ n is matching(pattern) }}', { n: 'x', pattern })).toMatch(/^1:9 test 'matching' got an invalid regular expression /);
});
