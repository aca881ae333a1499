import { expect, test } from 'vitest';
import { dumpConfig, parseText } from '../../src/config/grammar';

test('a dump has commands as jobs, nothing empty and nothing unknown, and can be read again', () => {
  const text = [
    'rc: setup.sh',
    'shared: []',
    'x: y',
    'hooks:',
    '  post-clone:',
    '    commands: {lint: {run: npm run lint, skip: false}}',
    '    jobs: [{name: a, run: {linux: [one, two]}, env: {}, rnu: z}]',
    '  worktree-post-create: {}',
  ].join('\n');
  const parsed = parseText('config', text, 'x');
  if (parsed.kind !== 'parsed') throw new Error(parsed.message);
  expect(dumpConfig(parsed.content!)).toBe(
    ['hooks:', '  post-clone:', '    jobs:', '      - name: a', '        run:', '          linux: one && two', '      - name: lint', '        run: npm run lint', '        skip: false', 'rc: setup.sh', ''].join('\n'),
  );
});
