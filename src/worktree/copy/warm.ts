import { basename, dirname, join, relative, resolve } from 'node:path';
import { DaftError } from '../../daft-error';
import type { Survey, Worktree } from '../../git';
import { canonicalPath } from '../canonical-path';
import { findTarget } from '../carry';
import type { WorktreeServices } from '../worktree-services';
import { wayTo, type Refusal } from './admit';
import { applyCopies, withStaging, type CopyResult } from './apply';
import { keepIgnored, keepTracked } from './ignored';
import { matches, parsePattern, patternOf, type Pattern } from './patterns';
import { planCopies, type CopyPlan, type PlannedCopy } from './plan';
import { overlap } from './select';
import { sourcesFor } from './sources';
import { readWanted } from './wanted';

export interface WarmRequest {
  /** Of the command line, relative to where it was given. Without any, what the worktree lists. */
  paths: readonly string[];
  /** Branch, path or name of the only worktree to copy from. */
  from: string | undefined;
  dryRun: boolean;
}

export type Warmed =
  /** Neither named nor listed: there is nothing to look for. */
  | { kind: 'nothing wanted' }
  /** What was named is there already. */
  | { kind: 'all there'; paths: readonly string[] }
  | { kind: 'planned'; copies: readonly PlannedCopy[] }
  | ({ kind: 'copied' } & CopyResult);

type Services = Pick<WorktreeServices, 'git' | 'settings' | 'directories' | 'narrator' | 'signal' | 'cwd'>;

/** Copies ignored paths into the current worktree from others that have them. */
export async function warmWorktree({ paths, from, dryRun }: WarmRequest, survey: Survey, services: Services): Promise<Warmed> {
  const { git, settings, directories, cwd } = services;
  const { repository, worktrees } = survey;
  const target = worktrees.find(({ path }) => path === repository.worktreeRoot);
  if (target === undefined) throw new DaftError('Not inside a worktree');
  const only = from === undefined ? undefined : findSource(from, target, survey);
  const named = paths.map((path) => nameInWorktree(path, target.path, cwd));
  const patterns = named.length > 0 ? named.map(({ pattern }) => pattern) : await readWanted([target.path], { directories, complain: refuse });
  if (patterns.length === 0) return { kind: 'nothing wanted' };

  const plan = () => {
    const sources = only === undefined ? sourcesFor(target, worktrees, { first: undefined, second: undefined }, { git, repository, remote: settings.remote }) : oneOnly(only);
    return planCopies(target.path, patterns, { sources, worktrees, git });
  };
  const outcomeOf = async (planned: CopyPlan): Promise<Warmed> => {
    const there = await settleNamed(named, planned, { target, only, git });
    if (named.length > 0 && there.length === named.length) return { kind: 'all there', paths: there };
    return { kind: 'planned', copies: planned.copies };
  };
  const { signal, narrator } = services;
  try {
    if (dryRun) return await outcomeOf(await plan());
    return await withStaging(target, repository, async (staging) => {
      const outcome = await outcomeOf(await plan());
      if (outcome.kind !== 'planned') return outcome;
      return { kind: 'copied', ...(await applyCopies(outcome.copies, { target, staging, worktrees, signal, narrator })) };
    });
  } catch (error) {
    signal.throwIfAborted(); // git dies of the same Ctrl-C, and its complaint would hide the reason
    throw error;
  }
}

function refuse(complaint: string): never {
  throw new DaftError(complaint);
}

async function* oneOnly(source: Worktree): AsyncGenerator<Worktree> {
  yield source;
}

function findSource(from: string, target: Worktree, survey: Survey): Worktree {
  const found = findTarget(from, survey);
  if (found.kind === 'unresolved') throw new DaftError(`No worktree found for '${from}': ${found.reason}`);
  if (found.worktree === target) throw new DaftError(`'${from}' is this worktree: --from is another one`);
  return found.worktree;
}

interface NamedPath {
  /** As it was given. */
  text: string;
  /** Below the root of the worktree. */
  path: string;
  pattern: Pattern;
}

/** What a path of the command line means; with `*`, `?` or `[` in it, all that fits. Throws DaftError for what is outside. */
function nameInWorktree(text: string, root: string, cwd: string): NamedPath {
  const given = resolve(canonicalPath(cwd), text);
  const path = relative(root, join(canonicalPath(dirname(given)), basename(given)));
  if (path === '') throw new DaftError(`'${text}' is the worktree itself: name what to copy`);
  if (path.split('/')[0] === '..') throw new DaftError(`'${text}' is outside of this worktree`);
  const line = /[*?[]/.test(path) ? `/${path}` : patternOf(path);
  const pattern = parsePattern(line);
  if (pattern === undefined) throw new DaftError(`'${text}' is no path`);
  return { text, path, pattern };
}

/** Of what was named, that which is there already. Throws DaftError for what cannot be copied for another reason. */
async function settleNamed(named: readonly NamedPath[], { copies, refused }: CopyPlan, { target, only, git }: { target: Worktree; only: Worktree | undefined; git: Services['git'] }): Promise<string[]> {
  const there: string[] = [];
  const complaints: string[] = [];
  for (const name of named) {
    const isMeant = ({ path, isDirectory }: PlannedCopy) => overlap(path, name.path) || matches(name.pattern, path.split('/'), isDirectory);
    if (copies.some(isMeant)) continue;
    const verdicts = refused.filter(isMeant).map(({ why }) => why);
    const why = verdicts.find((verdict) => verdict !== 'there already') ?? verdicts[0] ?? (await whyNothing(name, target, git));
    if (why === 'there already') there.push(name.text);
    else complaints.push(complaintAbout(name.text, why, only));
  }
  if (complaints.length > 0) throw new DaftError(complaints.join('\n'));
  return there;
}

/** Why no worktree offered what was named. */
async function whyNothing({ path }: NamedPath, target: Worktree, git: Services['git']): Promise<Refusal | 'tracked' | 'nowhere'> {
  const way = wayTo(target.path, path);
  if (way === 'blocked') return 'no way';
  if ((await keepTracked(target.path, [path], git)).length > 0) return 'tracked';
  const asked = [false, true].map((isDirectory) => ({ path, isDirectory }));
  if ((await keepIgnored(target.path, asked, git)).length === 0) return /[*?[]/.test(path) ? 'nowhere' : 'not ignored';
  return way === 'taken' ? 'there already' : 'nowhere';
}

function complaintAbout(text: string, why: Exclude<Refusal, 'there already'> | 'tracked' | 'nowhere', only: Worktree | undefined): string {
  switch (why) {
    case 'tracked': return `'${text}' is tracked by git: only ignored paths are copied`;
    case 'not ignored': return `'${text}' is not ignored in this worktree: only ignored paths are copied`;
    case 'no way': return `'${text}' leads through something that is no directory in this worktree`;
    case 'no directory': return `'${text}' belongs into a directory that this worktree does not have`;
    case 'nowhere': return only === undefined ? `No other worktree has '${text}'` : `The worktree '${only.branch ?? only.path}' does not have '${text}'`;
  }
}
