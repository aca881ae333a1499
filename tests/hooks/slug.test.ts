import * as fc from '../support/properties';
import { expect, test } from 'vitest';
import { slugOf } from '../../src/hooks/slug';

test.each([
  ['main', 'main'],
  ['feat/Login_Form', 'feat-login-form'],
  ['--release/1.2.x--', 'release-1-2-x'],
  ['fix/größe', 'fix-gr-e'],
])('%s is %s', (name, slug) => expect(slugOf(name)).toBe(slug));

test('what had to be cut does not meet its like', () => {
  const long = 'feature/'.repeat(10);
  expect(slugOf(`${long}a`)).not.toBe(slugOf(`${long}b`));
  expect(slugOf('日本')).not.toBe(slugOf('語'));
});

test('whatever the name, it fits into a host name', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(slugOf(name))));
});
