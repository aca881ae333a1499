import { setTimeout as delay } from 'node:timers/promises';
import type { AskOptions, Git, GitAnswer } from './run';

/**
 * What git says when somebody else in the same repository is half-way: a neighbour's new registration below `worktrees/`
 * (commands that look at all worktrees die of one that is incomplete), or a lock of configuration or refs, which git
 * does not wait for. One in ten parallel `git worktree add` ends like this.
 */
const transient = [
  /failed to read .*worktrees\/[^/]+\/\w+/,
  // The other way round: it has a name and nothing in it yet, and a neighbour's prune, or the removal of the last one, took it.
  /could not (open '.*worktrees\/[^/]+\/\w+' for writing|create directory of '.*worktrees\/[^/]+'): No such file or directory/,
  /bad object worktrees\/[^/]+\/HEAD/,
  /could not lock config file (.*: File exists|[^:]*$)/m, // a section is removed without telling why not
  /cannot lock ref .*: Unable to create .*: File exists/s,
];

export function isTransient({ exitCode, stderr }: Pick<GitAnswer, 'exitCode' | 'stderr'>): boolean {
  return exitCode !== 0 && transient.some((pattern) => pattern.test(stderr));
}

const patienceMs = 10_000;

/** Repeats a command of git's for up to ten seconds while its failure is one that passes by itself. */
export async function patiently(attempt: () => Promise<GitAnswer>, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<GitAnswer> {
  let deadline: number | undefined; // from the first failure on: the clock takes a millisecond to load, and mostly there is none
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, 100)) {
    const answer = await attempt();
    if (!isTransient(answer)) return answer;
    deadline ??= performance.now() + patienceMs;
    if (performance.now() > deadline) return answer;
    await delay(pauseMs * (0.5 + Math.random()), undefined, { ...(signal && { signal }) });
  }
}

/** Like `git.ask`, with patience. */
export function askPatiently(
  git: Git,
  cwd: string,
  args: readonly string[],
  { signal, ...asking }: AskOptions & { signal?: AbortSignal } = {},
): Promise<GitAnswer> {
  return patiently(() => git.ask(cwd, args, asking), { signal });
}
