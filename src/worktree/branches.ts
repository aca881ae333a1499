import { join } from 'node:path';
import { DaftError } from '../daft-error';
import { readTextIfExists } from '../fs';
import { chooseDefaultBranch, parseSymref, surveyRepository, type Git, type Repository, type Survey } from '../git';
import { isPlainBranchName } from './names';

/** A repository with all its branches. */
export interface BranchSurvey {
  survey: Survey;
  refs: Refs;
}

export interface Refs {
  /** Object ids by full name. */
  ids: ReadonlyMap<string, string>;
  /** Full name of the upstream by full name of the branch. */
  upstreams: ReadonlyMap<string, string>;
  /** What `<remote>/HEAD` and its like stand for. */
  symrefs: ReadonlyMap<string, string>;
}

/** Undefined outside a repository. */
export async function surveyBranches(git: Git, cwd: string): Promise<BranchSurvey | undefined> {
  const [survey, refs] = await Promise.all([surveyRepository(git, cwd), readAllRefs(git, cwd)]);
  return survey && { survey, refs };
}

/** All branches, local and remote, without looking at any commit. */
async function readAllRefs(git: Git, cwd: string): Promise<Refs> {
  const answer = await git.ask(cwd, ['for-each-ref', '--format=%(refname)%00%(objectname)%00%(upstream)%00%(symref)', 'refs/heads', 'refs/remotes']);
  const rows = answer.stdout.split('\n').filter((line) => line !== '').map((line) => line.split('\0'));
  const column = (index: number) => new Map(rows.flatMap((row) => (row[index] ? [[row[0] ?? '', row[index]] as const] : [])));
  return { ids: column(1), upstreams: column(2), symrefs: column(3) };
}

/** As the remote has it, which is asked only if there is one and it has never told; undefined where nothing tells. */
export async function defaultBranchOnline(
  git: Git,
  { survey, refs }: BranchSurvey,
  { remote, configured }: { remote: string; configured: boolean },
): Promise<string | undefined> {
  const { repository } = survey;
  const told = defaultBranchOfRemote(refs, remote) ?? (configured ? await askForDefaultBranch(git, repository, remote) : undefined);
  return told ?? defaultBranchLocally(refs, repository);
}

/** Without asking the remote; `master` where nothing tells. */
export function defaultBranchOffline(refs: Refs, repository: Repository, remote: string): string {
  return defaultBranchOfRemote(refs, remote) ?? defaultBranchLocally(refs, repository) ?? 'master';
}

function defaultBranchOfRemote({ symrefs }: Refs, remote: string): string | undefined {
  const prefix = `refs/remotes/${remote}/`;
  const target = symrefs.get(`${prefix}HEAD`);
  return target?.startsWith(prefix) === true ? target.slice(prefix.length) : undefined;
}

async function askForDefaultBranch(git: Git, { commonDir }: Repository, remote: string): Promise<string | undefined> {
  return parseSymref((await git.ask(commonDir, ['ls-remote', '--symref', remote, 'HEAD'])).stdout);
}

function defaultBranchLocally(refs: Refs, repository: Repository): string | undefined {
  const head = /^ref: refs\/heads\/(.+)$/m.exec(readTextIfExists(join(repository.commonDir, 'HEAD')) ?? '')?.[1] ?? '';
  return chooseDefaultBranch({ bare: repository.bare, head, exists: (branch) => refs.ids.has(`refs/heads/${branch}`) });
}

/** Throws DaftError for a name that git would refuse. Most are fine at a glance; of the others git knows best. */
export async function checkNameWithGit(git: Git, branch: string): Promise<void> {
  if (isPlainBranchName(branch)) return;
  const checked = await git.ask('/', ['check-ref-format', '--branch', branch]);
  if (checked.exitCode !== 0) throw new DaftError(`'${branch}' is not a valid branch name`);
}
