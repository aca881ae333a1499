/** Branches for a positional: what git knows, asked in as few processes as possible. */

import { existsSync, realpathSync } from 'node:fs';
import { relative } from 'node:path';
import { parseSettings, type Settings } from '../../config';
import { createGit, inGroups, inTurn, type Git, type Repository, surveyRepository } from '../../git';
import type { Question } from '../complete';
import { branchCandidates, type Candidate, candidateLine, type Column, type Dirt, type Known, parseColumns, type Ref, wantedBranches } from './branch-groups';
import { fetchOnce } from './fetch-on-miss';

export async function completeBranches({ context, word, slot, fetchOnMiss, env, cwd }: Question): Promise<readonly string[]> {
  const wanted = wantedBranches(context, slot);
  if (!wanted) return [];
  const git = createGit(env);
  const [survey, refs] = await Promise.all([surveyRepository(git, cwd), listRefs(git, cwd)]);
  if (!survey) throw new Error('not in a repository');
  const settings = parseSettings(survey.config);
  const here = survey.worktrees.find(({ path }) => path === survey.repository.worktreeRoot);
  const known: Known = {
    refs,
    checkedOut: survey.worktrees.flatMap(({ branch, detached, path }) => (branch === undefined || detached ? [] : [{ branch, path }])),
    current: here?.branch,
    strippedRemote: settings.multiRemoteEnabled ? undefined : settings.remote,
  };
  let found = branchCandidates(wanted, word, known);
  if (found.length === 0 && fetchOnMiss && context === 'daft-go' && (await fetchMissing(git, word, survey.repository, settings, env))) {
    found = branchCandidates(wanted, word, { ...known, refs: await listRefs(git, cwd) });
  }
  return tell(git, found, parseColumns(settings.raw.get('daft.completions.branches.columns')), cwd);
}

async function listRefs(git: Git, cwd: string): Promise<readonly Ref[]> {
  const ask = (format: string) => git.ask(cwd, ['for-each-ref', `--format=${format}`, 'refs/heads', 'refs/remotes']);
  const told = await ask('%(refname)%00%(committerdate:relative)%00%(authorname)');
  // Where one branch has lost its commit, git tells of none.
  const { stdout } = told.exitCode === 0 ? told : await ask('%(refname)');
  return stdout.split('\n').flatMap((line) => {
    const [name, age = '', author = ''] = line.split('\0');
    return name ? [{ name, age, author }] : [];
  });
}

/** Whether something was fetched, so that it is worth looking again. */
async function fetchMissing(git: Git, word: string, { commonDir }: Repository, settings: Settings, env: Question['env']): Promise<boolean> {
  const switchedOff = /^(false|no|off|0)$/i.test(settings.raw.get('daft.go.fetchonmiss') ?? '');
  // A colon cannot be in the name of a branch, so nothing on the remote would match.
  if (word === '' || word.includes(':') || switchedOff) return false;
  const remote = settings.multiRemoteEnabled ? settings.multiRemoteDefaultRemote : settings.remote;
  return fetchOnce(git, { commonDir, remote, sshCommand: env['GIT_SSH_COMMAND'] ?? settings.raw.get('core.sshcommand') ?? 'ssh' });
}

/** Enough to keep two cores busy; git looks at the files of one worktree with several threads itself. */
const placesForStatus = 4;

async function tell(git: Git, found: readonly Candidate[], shown: ReadonlySet<Column>, cwd: string): Promise<readonly string[]> {
  const start = realpathSync(cwd);
  const relativePath = (path: string): string => relative(start, path) || '.';
  const dirt = await readDirt(git, found.flatMap(({ path }) => path ?? []), shown);
  return found.map((candidate) => candidateLine(candidate, { shown, dirt: dirt.get(candidate.path ?? ''), relativePath }));
}

async function readDirt(git: Git, worktrees: readonly string[], shown: ReadonlySet<Column>): Promise<ReadonlyMap<string, Dirt>> {
  const [tracked, untracked] = [shown.has('tracked-changes'), shown.has('untracked')];
  if (!tracked && !untracked) return new Map();
  const present = worktrees.filter((path) => existsSync(path));
  const question = ['status', '--porcelain', `--untracked-files=${untracked ? 'normal' : 'no'}`];
  const answers = (await inTurn(inGroups(present, placesForStatus), placesForStatus, (group) => git.askEach(group, question))).flat();
  return new Map(
    present.map((path, at) => {
      const lines = (answers[at]?.stdout ?? '').split('\n').filter((line) => line !== '');
      return [path, { tracked: tracked && lines.some((line) => !line.startsWith('??')), untracked: untracked && lines.some((line) => line.startsWith('??')) }];
    }),
  );
}
