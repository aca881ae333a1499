import { expect, test } from 'vitest';
import { failureLine } from '../../src/jobs/reconcile';

test.each([
  ['build', 'build'],
  ['build:prod', 'build:prod'],
  ['unit tests', "'unit tests'"],
  ["it's $HOME", String.raw`'it'\''s $HOME'`],
  ['a; rm b', "'a; rm b'"],
  ['test[1]', "'test[1]'"],
  ['{a,b}', "'{a,b}'"],
  ['=make', "'=make'"],
  ['-x', '-- -x'],
])('the command that shows the log of a failed job %j can be pasted', (name, word) => {
  const failure = { name, dir: 'dir', how: { exitCode: 7 } };
  expect(failureLine(failure)).toBe(`daft: background job '${name}' failed (exit code: 7) -- daft hooks jobs logs ${word}`);
});
