import type { Git } from '../../git';
import type { Author } from '../ownership';
import type { Pair } from './row';

export interface CommitFacts {
  atSecs: number;
  shortHash: string;
  subject: string;
}

/** What listings say of commits, by id; one process for all. */
export async function readCommits(git: Git, cwd: string, ids: readonly string[]): Promise<ReadonlyMap<string, CommitFacts>> {
  if (ids.length === 0) return new Map();
  const answer = await git.ask(cwd, ['log', '-z', '--no-walk=unsorted', '--ignore-missing', '--no-show-signature', '--format=%H%n%ct%n%h%n%s', '--stdin'], { input: `${ids.join('\n')}\n` });
  return new Map(
    answer.stdout.split('\0').flatMap((record) => {
      const [id, seconds, shortHash, subject] = record.split('\n');
      if (id === undefined || seconds === undefined || shortHash === undefined) return [];
      return [[id, { atSecs: Number(seconds), shortHash, subject: subject ?? '' }] as const];
    }),
  );
}

export interface HistoryCommit {
  parents: readonly string[];
  atSecs: number;
  author: Author;
}

/** The commits that are not on `base`, of any of the tips. */
export interface History {
  commits: ReadonlyMap<string, HistoryCommit>;
}

/** One walk for all branches: who committed what since they left the base. */
export async function readHistory(git: Git, cwd: string, { tips, base }: { tips: readonly string[]; base: string }): Promise<History> {
  if (tips.length === 0) return { commits: new Map() };
  const answer = await git.ask(cwd, ['log', '-z', '--ignore-missing', '--no-show-signature', '--format=%H%n%P%n%ct%n%an%n%ae', '--stdin'], { input: [...tips, `^${base}`, ''].join('\n') });
  const commits = new Map<string, HistoryCommit>();
  for (const record of answer.stdout.split('\0')) {
    const [id, parents, seconds, name, email] = record.split('\n');
    if (id === undefined || parents === undefined || name === undefined || email === undefined) continue;
    commits.set(id, { parents: parents.split(' '), atSecs: Number(seconds), author: { name, email } });
  }
  return { commits };
}

/** What of a history is on one branch, newest first. */
export function rangeOf({ commits }: History, tip: string): readonly HistoryCommit[] {
  const seen = new Set<string>();
  const range: HistoryCommit[] = [];
  const pending = [tip];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    const commit = commits.get(id);
    if (commit === undefined || seen.has(id)) continue;
    seen.add(id);
    range.push(commit);
    pending.push(...commit.parents.toReversed());
  }
  return range.toSorted((a, b) => b.atSecs - a.atSecs);
}

/** Commits on `tip` alone, and on `other` alone. */
export async function countAheadBehind(git: Git, cwd: string, { tip, other }: { tip: string; other: string }): Promise<Pair | null> {
  const answer = await git.ask(cwd, ['rev-list', '--left-right', '--count', `${other}...${tip}`, '--']);
  const [, behind, ahead] = /^(\d+)\s+(\d+)/.exec(answer.stdout) ?? [];
  return answer.exitCode !== 0 || behind === undefined ? null : [Number(ahead), Number(behind)];
}

/** Lines inserted and deleted according to `git diff` with these arguments. */
export async function countLines(git: Git, cwd: string, args: readonly string[]): Promise<Pair | null> {
  const answer = await git.ask(cwd, ['diff', '--numstat', '--no-ext-diff', '--no-textconv', ...args]);
  if (answer.exitCode !== 0) return null;
  // A binary file has `-` for both.
  const counts = [...answer.stdout.matchAll(/^(\d+)\t(\d+)\t/gm)].map(([, inserted, deleted]) => [Number(inserted), Number(deleted)] as const);
  return counts.reduce<Pair>((sum, [inserted, deleted]) => [sum[0] + inserted, sum[1] + deleted], [0, 0]);
}

export interface Status {
  staged: number;
  unstaged: number;
  untracked: number;
  /** Relative to the worktree; those of untracked directories end in a slash. */
  paths: readonly string[];
}

/** Of each of these worktrees; undefined where git fails. */
export async function readStatuses(git: Git, worktrees: readonly string[]): Promise<(Status | undefined)[]> {
  const answers = await git.askEach(worktrees, ['status', '--porcelain', '-z']);
  return answers.map(({ exitCode, stdout }) => (exitCode === 0 ? parseStatus(stdout) : undefined));
}

/** `git status --porcelain -z`: `XY <path>`, after a rename or copy followed by the old path. */
export function parseStatus(text: string): Status {
  const status = { staged: 0, unstaged: 0, untracked: 0, paths: [] as string[] };
  const records = text.split('\0');
  for (let index = 0; index < records.length; index += 1) {
    const record = records[index] ?? '';
    const [x = '', y = ''] = record;
    if (record === '') continue;
    status.paths.push(record.slice(3));
    if (x === '?') {
      status.untracked += 1;
      continue;
    }
    if (x !== ' ') status.staged += 1;
    if (y !== ' ') status.unstaged += 1;
    if (x === 'R' || x === 'C' || y === 'R' || y === 'C') index += 1;
  }
  return status;
}
