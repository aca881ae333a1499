import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { temporaryHome, writeFiles } from '../support';

interface WrongFile {
  mistake: string;
  files: Record<string, string>;
  exit: number;
  says: string[];
}

const wrongFiles = parse(readFileSync(join(import.meta.dirname, 'wrong-files.yml'), 'utf8')) as WrongFile[];

test.each(wrongFiles)('hooks validate names $mistake', async ({ files, exit, says }) => {
  await using home = await temporaryHome();
  const root = join(home.work, 'repo');
  await home.git(home.work, 'init', '--quiet', root);
  writeFiles(root, files);
  const { stdout, stderr, exitCode } = await home.daft(['hooks', 'validate'], { cwd: root });
  for (const part of says) expect(stderr).toContain(part.replaceAll('$ROOT', root));
  expect(exitCode).toBe(exit);
  expect(stdout + stderr).not.toMatch(/^\s+at |\.js:\d/m);
  const reported = stderr.split('\n').filter((line) => line.startsWith('warning: ')).length;
  expect(stdout).toBe(exit === 0 ? `Configuration is valid (${reported} warning(s))\n` : '');
});
