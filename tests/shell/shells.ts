import { spawnSync } from 'node:child_process';
import type { ShellName } from '../../src/shell';

/** Said once per run of a test file, so that nobody takes a skipped shell for a tested one. */
export function shellIsHere(shell: ShellName): boolean {
  const here = spawnSync(shell, ['--version'], { stdio: 'ignore' }).error === undefined;
  if (!here) process.stderr.write(`!! ${shell} is not installed: its integration is NOT tested here\n`);
  return here;
}

/** Without the user's configuration. */
export function shellArguments(shell: ShellName): readonly string[] {
  switch (shell) {
    case 'bash':
      return ['--norc', '--noprofile'];
    case 'zsh':
      return ['-f'];
    case 'fish':
      return ['--no-config'];
  }
}
