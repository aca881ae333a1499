import { expect, test } from 'vitest';
import { TemplateError } from '../../src/output/tera';
import { failure, render } from './render';

function excerpt(template: string): string {
  try {
    render(template);
  } catch (error) {
    if (error instanceof TemplateError) return error.excerpt;
    throw error;
  }
  throw new Error('no error');
}

test('an error shows the line and points at the token', () => {
  expect(failure('{% for r in items %}{{ r.name | shout }}{% endfor %}')).toBe("1:33 unknown filter 'shout'");
  expect(excerpt('{% for r in items %}{{ r.name | shout }}{% endfor %}')).toBe(
    [' --> 1:33', '  |', '1 | {% for r in items %}{{ r.name | shout }}{% endfor %}', '  |                                 ^'].join('\n'),
  );
});

test('the margin is as wide as the number of the line, and tabs stay tabs', () => {
  expect(excerpt(`${'\n'.repeat(9)}ä\t{{ nmae }}\r\nmore`)).toBe(['  --> 10:6', '   |', '10 | ä\t{{ nmae }}', '   |  \t   ^'].join('\n'));
});

test('columns are counted in characters', () => {
  expect(failure('👍 é {{ nmae }}')).toBe("1:8 Variable 'nmae' not found in context");
});

test('what is unknown is found even where no data leads', () => {
  expect(failure('{% for x in [] %}{{ x | shout }}{% endfor %}')).toBe("1:25 unknown filter 'shout'");
  expect(failure('{% if false %}{{ x is shouting }}{% endif %}')).toBe("1:23 unknown test 'shouting'");
  expect(failure('{% macro never() %}{{ shout() }}{% endmacro %}')).toBe("1:23 unknown function 'shout'");
  expect(failure('{{ t or [n][0 + items[n | shout]] }}')).toMatch(/^1:12 /);
  expect(failure('{{ [1, obj[n | shout]] | join(sep=a | cry) }}')).toBe("1:16 unknown filter 'shout'");
  expect(failure('{{ not (n in items) == ("x" ~ y | cry) }}')).toBe("1:35 unknown filter 'cry'");
});

test('an error in an argument points into the argument', () => {
  expect(failure('{{ items | join(sep=1) }}')).toBe("1:21 the argument 'sep' of 'join' must be a string, but is 1");
  expect(failure('{{ items | join(sep=missing) }}')).toBe("1:21 Variable 'missing' not found in context");
});
