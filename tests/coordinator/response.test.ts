import { describe, expect, test } from 'vitest';
import { readResponse } from '../../src/coordinator/client/response';
import { isOlder } from '../../src/coordinator/client/start';
import { response } from '../../src/coordinator/protocol';

const info = { name: 'a', hook_type: 'post-clone', worktree: 'main', status: 'running', elapsed_secs: 3, exit_code: null, invocation_id: '0123456789abcdef' };

describe('the guard of the client agrees with the schema of the server', () => {
  test.each<[string, unknown]>([
    ['an empty list', { Jobs: [] }],
    ['a list', { Jobs: [info, { ...info, elapsed_secs: null, exit_code: 1 }] }],
    ['a list with a bad entry', { Jobs: [info, { ...info, status: 1 }] }],
    ['an entry without a field', { Jobs: [{ ...info, exit_code: undefined }] }],
    ['a fraction', { Jobs: [{ ...info, elapsed_secs: 1.5 }] }],
    ['a plain acknowledgement', { Ack: { message: 'm' } }],
    ['one with version', { Ack: { message: 'm', daft_version: '1', protocol: 1 } }],
    ['one with a bad version', { Ack: { message: 'm', daft_version: 1 } }],
    ['cancelled jobs', { Cancelled: { count: 1, names: ['a'] } }],
    ['cancelled jobs without names', { Cancelled: { count: 1 } }],
    ['a pong', { Pong: { pid: 1, daft_version: '1', protocol: 1, running: 0, pending: 0 } }],
    ['a pong without pid', { Pong: { daft_version: '1', protocol: 1, running: 0, pending: 0 } }],
    ['an error', { Error: { message: 'm' } }],
    ['two answers in one', { Error: { message: 'm' }, Ack: { message: 'm' } }],
    ['an unknown answer', { Welcome: {} }],
    ['nothing', {}],
    ['null', null],
    ['a string', 'Ack'],
    ['a list of answers', [{ Ack: { message: 'm' } }]],
  ])('%s', (_name, value) => {
    const { success } = response.safeParse(value);
    expect(readResponse(JSON.stringify(value)) !== undefined).toBe(success);
  });

  test('what is no JSON is no answer', () => {
    expect(readResponse('HTTP/1.1 400 Bad Request')).toBeUndefined();
  });
});

test.each([
  ['1.9.0', '1.10.0', true],
  ['1.10.0', '1.9.0', false],
  ['1.10.0', '1.10.0', false],
  ['0.9', '1.0.0', true],
  ['1.10.0-beta.1', '1.10.0', false],
  ['nonsense', '1.0.0', false],
])('%s is older than %s: %s', (version, than, older) => {
  expect(isOlder(version, than)).toBe(older);
});
