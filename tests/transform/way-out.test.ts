import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { playground } from '../create/support';

const hint = (layout: string, what: string): string => `hint: 'daft layout transform ${layout}' replaces this command, and ${what}\n`;

test('whose directory went away is told where to go, where no shell function takes them there', async () => {
  await using repo = await playground();
  const stand = (...parts: string[]) => {
    mkdirSync(repo.at(...parts), { recursive: true });
    return repo.at(...parts);
  };
  const wayTo = (...parts: string[]) => `Run \`cd ${repo.at(...parts)}\` (your previous working directory was removed)\n`;

  const adopted = await repo.home.daft(['adopt', '..'], { cwd: stand('app/sub') });
  expect(adopted).toMatchObject({ exitCode: 0, stdout: `Converted to worktree layout. Working directory: 'app/main'\n${wayTo('app/main')}${hint('contained', 'moves linked worktrees, too')}` });
  const ejected = await repo.home.daft(['eject'], { cwd: repo.at('app/main') });
  expect(ejected).toMatchObject({ exitCode: 0, stdout: `Converted to traditional layout on branch 'main'\n${wayTo('app')}${hint('sibling', 'keeps all worktrees')}` });

  await repo.daft('start', 'x');
  expect(await repo.daftWith({ cwd: repo.at('app.x') }, 'layout', 'transform', 'nested')).toMatchObject({ exitCode: 0, stdout: `Transformed to layout 'nested'.\n${wayTo('app/.worktrees/x')}` });
  // Nobody who is led, or whose directory is still there.
  expect(await repo.lead(repo.at('app/.worktrees/x'), 'layout', 'transform', 'sibling')).toMatchObject({ stdout: "Transformed to layout 'sibling'.\n", destination: repo.at('app.x') });
  expect(await repo.daft('layout', 'transform', 'nested')).toMatchObject({ stdout: "Transformed to layout 'nested'.\n" });
  expect((await repo.daftWith({ cwd: repo.at('app/.worktrees/x') }, '-q', 'layout', 'transform', 'sibling')).exitCode).not.toBe(0); // -q is the command's
  expect(await repo.daftWith({ cwd: repo.at('app/.worktrees/x') }, 'layout', 'transform', 'sibling', '-q')).toMatchObject({ exitCode: 0, stdout: '' });
});
