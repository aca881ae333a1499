/** What the commands of `daft hooks jobs` have in common: whose jobs, and in what state they find them. */
import { basename } from 'node:path';
import { readDirectories } from '../../config';
import { DaftError } from '../../daft-error';
import { createGit, findBranchHere, findRepository, listWorktrees } from '../../git';
import type { Git, Repository } from '../../git';
import { mend, openHistory } from '../../jobs';
import type { History, Mending } from '../../jobs';
import { ensureRepoId, openStore, readRepoId } from '../../logstore';
import type { Store } from '../../logstore';
import { createPalette } from '../../output';
import type { Told } from '../../output/jobs';
import type { CommandContext } from '../context';

export interface JobsOfRepository {
  git: Git;
  repository: Repository;
  store: Store;
  history: History;
  /** Label of the current worktree; undefined outside any. */
  here: string | undefined;
  coordinatorLive: boolean;
  /** To look after the jobs again while waiting. */
  mending: Mending;
}

/** Finds the repository of the current directory, repairs and heals its jobs, and opens their history. */
export async function openJobs(context: CommandContext): Promise<JobsOfRepository> {
  const found = await locate(context);
  return open(found, ensureRepoId(found.repository.commonDir), context);
}

/** The same for who only looks: a repository that never ran a job is not given an identity. */
export async function openJobsIfAny(context: CommandContext): Promise<JobsOfRepository | undefined> {
  const found = await locate(context);
  const id = readRepoId(found.repository.commonDir);
  return id === undefined ? undefined : open(found, id, context);
}

/** What is told of an address or target that leads nowhere. */
export function refusal({ message, hint }: Told): DaftError {
  return new DaftError(message, { hint });
}

interface Located {
  git: Git;
  repository: Repository;
  here: string | undefined;
}

async function locate({ env, cwd }: CommandContext): Promise<Located> {
  const git = createGit(env);
  const repository = await findRepository(git, cwd);
  if (repository === undefined) {
    throw new DaftError('No repository found for hook jobs. Are you inside a git repository?');
  }
  return { git, repository, here: (await findBranchHere(git, repository)) ?? (await labelOfDetached(git, repository)) };
}

/** A worktree that is being rebased still belongs to its branch; one without branch goes by its directory. */
async function labelOfDetached(git: Git, repository: Repository): Promise<string | undefined> {
  const { worktreeRoot } = repository;
  if (worktreeRoot === undefined) return undefined;
  const worktrees = await listWorktrees(git, repository);
  return worktrees.find(({ path }) => path === worktreeRoot)?.branch ?? basename(worktreeRoot);
}

async function open(found: Located, id: ReturnType<typeof ensureRepoId>, context: CommandContext): Promise<JobsOfRepository> {
  const { env, now, launcher, stderr } = context;
  const store = openStore(readDirectories(env).state, id);
  const { warning } = createPalette(stderr.colour);
  const mending: Mending = {
    store,
    now,
    launcher: env['DAFT_IS_COORDINATOR'] === undefined ? launcher : null,
    warn: (text) => stderr.stream.write(`${warning('warning:')} ${text}\n`),
  };
  const { coordinatorLive } = await mend(mending);
  return { ...found, store, history: openHistory(store, { coordinatorLive }), coordinatorLive, mending };
}
