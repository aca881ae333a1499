import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryRepository, type BranchPlan, type Ran, type TemporaryRepository } from '../support';

export interface Playground extends TemporaryRepository {
  /** Path below the working directory of the test. */
  at(...parts: string[]): string;
  /** Runs daft with a cd file; returns where it led, too. */
  lead(cwd: string, ...args: string[]): Promise<Ran & { destination: string }>;
  worktrees(cwd?: string): Promise<Record<string, string>>;
  status(worktree: string): Promise<string>;
}

/** An ordinary clone `app` of a remote with branches `main` and `feature/one`, of which only the first is local. */
export async function playground(branches?: Readonly<Record<string, BranchPlan>>): Promise<Playground> {
  const repo = await temporaryRepository({
    branches: branches ?? {
      main: { commits: [{ message: 'first', files: { 'a.txt': 'a\n', 'b.txt': 'b\n' } }] },
      'feature/one': { commits: [{ message: 'one', files: { 'one.txt': 'one\n' } }] },
    },
  });
  // Hints are once in a user's life, and would be in the way of what stdout is expected to be.
  const env = { DAFT_NO_HINTS: '1' };
  return Object.assign(repo, {
    daft: (...args: string[]) => repo.daftWith({ env }, ...args),
    daftWith: (given: Parameters<TemporaryRepository['daftWith']>[0], ...args: string[]) =>
      repo.home.daft(args, { cwd: repo.path, ...given, env: { ...env, ...given.env } }),
    at: (...parts: string[]) => join(repo.home.work, ...parts),
    async lead(cwd: string, ...args: string[]) {
      const file = join(repo.home.root, 'tmp', 'cd');
      writeFileSync(file, '');
      const ran = await repo.home.daft(args, { cwd, env: { ...env, DAFT_CD_FILE: file } });
      return { ...ran, destination: readFileSync(file, 'utf8') };
    },
    async worktrees(cwd = repo.path) {
      const list = await repo.home.git(cwd, 'worktree', 'list', '--porcelain');
      const stanzas = list.split('\n\n').map((stanza) => Object.fromEntries(stanza.split('\n').map((line) => line.split(/ (.*)/s, 2))) as Record<string, string>);
      return Object.fromEntries(stanzas.filter((stanza) => !('bare' in stanza)).map((stanza) => [stanza['branch']?.replace('refs/heads/', '') ?? 'detached', stanza['worktree'] ?? '']));
    },
    status: (worktree: string) => repo.home.git(worktree, 'status', '--porcelain'),
  });
}

export function registry(repo: TemporaryRepository): Record<string, { layout?: string; trust?: { level: string; fingerprint?: string } }> {
  const path = join(repo.home.config, 'repos.json');
  if (!existsSync(path)) return {};
  return (JSON.parse(readFileSync(path, 'utf8')) as { repositories: ReturnType<typeof registry> }).repositories;
}
