import { DaftError } from '../../daft-error';
import { gitsComplaint, parseSymref, type Git } from '../../git';

export type RemoteBranches =
  | { kind: 'empty' }
  /** `guessed`: the remote did not say. */
  | { kind: 'branches'; defaultBranch: string; guessed: boolean };

/** Asks a remote for its default branch before anything is created. `preferred` is tried first where it does not say. */
export async function askRemote(git: Git, cwd: string, url: string, preferred: string | undefined): Promise<RemoteBranches> {
  const defaultBranch = parseSymref(await listRemote(git, cwd, ['--symref', '--', url, 'HEAD']));
  if (defaultBranch !== undefined) return { kind: 'branches', defaultBranch, guessed: false };
  const heads = parseHeads(await listRemote(git, cwd, ['--heads', '--', url]));
  const [first] = heads.toSorted();
  if (first === undefined) return { kind: 'empty' };
  const known = [preferred, 'main', 'master'].find((branch) => branch !== undefined && heads.includes(branch));
  return { kind: 'branches', defaultBranch: known ?? first, guessed: true };
}

async function listRemote(git: Git, cwd: string, args: readonly string[]): Promise<string> {
  const answer = await git.ask(cwd, ['ls-remote', ...args]);
  if (answer.exitCode !== 0) throw new DaftError('Failed to determine default branch', { cause: new Error(gitsComplaint(answer)) });
  return answer.stdout;
}

/** `<oid> TAB refs/heads/<branch>` */
export function parseHeads(text: string): string[] {
  return text.split('\n').flatMap((line) => /\trefs\/heads\/(.+)$/.exec(line)?.[1] ?? []);
}
