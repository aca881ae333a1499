import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { measureTree, newestChange } from '../../fs';
import { inGroups, inTurn, readReflogStart, type Git } from '../../git';
import { defaultBranchOffline, type BranchSurvey, type Refs } from '../branches';
import { findOwner, type OwnershipStrategy } from '../ownership';
import { openRowCache, type CacheKind } from './cache';
import type { ColumnName } from './columns';
import { factsFor, type Fact } from './facts';
import {
  countAheadBehind,
  countLines,
  rangeOf,
  readCommits,
  readHistory,
  readStatuses,
  type CommitFacts,
  type History,
  type Status,
} from './questions';
import type { Pair, Row } from './row';
import { selectRows, type Selection, type Skeleton } from './skeleton';
import type { SortKey, StatMode } from './sort';

export interface ListRequest extends Selection {
  columns: readonly ColumnName[];
  sort: readonly SortKey[];
  stat: StatMode;
  /** Absolute; paths are shown as seen from here. */
  cwd: string;
  remote: string;
  ownership: OwnershipStrategy;
  /** `user.email`. */
  me: string | undefined;
}

/** Rows with everything that is asked for, in no order yet. Read-only, offline, a few git processes at a time. */
export async function collectRows(git: Git, { survey, refs }: BranchSurvey, request: ListRequest): Promise<Row[]> {
  const { commonDir } = survey.repository;
  const defaultBranch = defaultBranchOffline(refs, survey.repository, request.remote);
  const skeletons = selectRows(survey, refs, { ...request, defaultBranch });
  const base = refs.ids.get(`refs/heads/${defaultBranch}`) ?? refs.ids.get(`refs/remotes/${request.remote}/${defaultBranch}`);
  const facts = factsFor(request.columns, request.sort, request.stat);
  const context: Context = { git, commonDir, refs, base, defaultBranch, request, cache: openRowCache(commonDir) };

  const places = availableParallelism();
  const tasks: (() => Promise<void>)[] = [
    ...(facts.has('commit') ? [() => fillCommits(skeletons, context)] : []),
    ...(facts.has('age') || facts.has('owner') ? [() => fillOrigins(skeletons, facts, context)] : []),
    ...(facts.has('changes') || facts.has('activity') ? inGroups(skeletons, places).map((group) => () => fillStatuses(group, facts, context)) : []),
    ...skeletons.flatMap((skeleton) => [
      ...(facts.has('base') ? [() => fillBase(skeleton, facts, context)] : []),
      ...(facts.has('remote') ? [() => fillRemote(skeleton, facts, context)] : []),
    ]),
  ];
  const asked = inTurn(tasks, places, (task) => task());
  if (facts.has('size')) {
    for (const { row, directory } of skeletons) if (directory !== undefined) row.sizeBytes = measureTree(directory);
  }
  await asked;
  return skeletons.map(({ row }) => row);
}

interface Context {
  git: Git;
  commonDir: string;
  refs: Refs;
  /** Commit of the default branch; undefined where there is none. */
  base: string | undefined;
  defaultBranch: string;
  request: ListRequest;
  cache: ReturnType<typeof openRowCache>;
}

async function fillCommits(skeletons: readonly Skeleton[], context: Context): Promise<void> {
  const commits = await commitsOf(skeletons, context);
  for (const { row, tip } of skeletons) row.commit = (tip === undefined ? undefined : commits.get(tip)) ?? null;
}

/** The commits at the tips, by id; one question for all that nobody has asked for before. */
async function commitsOf(skeletons: readonly Skeleton[], { git, commonDir, cache }: Context): Promise<ReadonlyMap<string, CommitFacts>> {
  const found = new Map<string, CommitFacts>();
  const missing = new Set<string>();
  for (const { tip } of skeletons) {
    if (tip === undefined || found.has(tip) || missing.has(tip)) continue;
    const known = cache.read('last-commit', [tip], parseCommit);
    if (known !== undefined) found.set(tip, known);
    else missing.add(tip);
  }
  for (const [id, commit] of await readCommits(git, commonDir, [...missing])) {
    found.set(id, commit);
    cache.write('last-commit', [id], [commit.atSecs, commit.shortHash, commit.subject]);
  }
  return found;
}

/** Age and owner: both come from where a branch began, and from what was committed since. */
async function fillOrigins(skeletons: readonly Skeleton[], facts: ReadonlySet<Fact>, context: Context): Promise<void> {
  const { git, commonDir, refs, base, defaultBranch } = context;
  const publishedTip = ({ published }: Skeleton) => (published === undefined ? undefined : refs.ids.get(published));
  const concerned = skeletons.filter(({ branch, row }) => branch !== undefined || row.kind === 'remote');
  const tips = new Set(concerned.flatMap((skeleton) => [skeleton.tip, publishedTip(skeleton)]).filter((id) => id !== undefined && id !== base));
  const history: History = base === undefined ? { commits: new Map() } : await readHistory(git, commonDir, { tips: [...tips] as string[], base });
  const undated: Skeleton[] = [];

  for (const skeleton of concerned) {
    const { row, branch, tip } = skeleton;
    const range = tip === undefined ? [] : rangeOf(history, tip);
    const start = branch === undefined ? undefined : readReflogStart(commonDir, `refs/heads/${branch}`);
    if (facts.has('age') && branch !== undefined) {
      row.createdAtSecs = start?.atSecs ?? range.at(-1)?.atSecs ?? null;
      if (row.createdAtSecs === null) undated.push(skeleton);
    }
    if (facts.has('owner') && branch !== defaultBranch) row.owner = ownerOf(range, publishedTip(skeleton), start) ?? null;
  }
  // A bare repository keeps no reflogs.
  const commits = await commitsOf(undated, context);
  for (const { row, tip } of undated) row.createdAtSecs = (tip === undefined ? undefined : commits.get(tip)?.atSecs) ?? null;

  function ownerOf(range: ReturnType<typeof rangeOf>, published: string | undefined, creator: { name: string; email: string } | undefined) {
    const { ownership, me } = context.request;
    const ofRange = (commits: ReturnType<typeof rangeOf>) => findOwner(commits.map(({ author }) => author), ownership, me);
    if (range.length > 0) return ofRange(range);
    const elsewhere = published === undefined ? [] : rangeOf(history, published);
    if (elsewhere.length > 0) return ofRange(elsewhere);
    return creator && { name: creator.name, email: creator.email };
  }
}

async function fillStatuses(skeletons: readonly Skeleton[], facts: ReadonlySet<Fact>, { git }: Context): Promise<void> {
  if (facts.has('changed-lines')) for (const { row } of skeletons) if (row.kind === 'worktree') row.changedLines = { staged: [0, 0], unstaged: [0, 0] };
  const present = skeletons.flatMap(({ row, directory }) => (directory === undefined ? [] : [{ row, directory }]));
  const statuses = await readStatuses(git, present.map(({ directory }) => directory));
  for (const [at, { row, directory }] of present.entries()) await fillStatus(row, { directory, status: statuses[at], facts, git });
}

async function fillStatus(
  row: Row,
  { directory, status, facts, git }: { directory: string; status: Status | undefined; facts: ReadonlySet<Fact>; git: Git },
): Promise<void> {
  row.changes = status === undefined ? null : { staged: status.staged, unstaged: status.unstaged, untracked: status.untracked };
  if (status === undefined) return;
  if (facts.has('activity')) row.touchedAtSecs = newestChange(status.paths.map((path) => join(directory, path))) ?? null;
  if (!facts.has('changed-lines') || status.staged + status.unstaged === 0) return;
  const [staged, unstaged] = [await countLines(git, directory, ['--cached']), await countLines(git, directory, [])];
  row.changedLines = staged === null || unstaged === null ? null : { staged, unstaged };
}

async function fillBase({ row, branch, tip }: Skeleton, facts: ReadonlySet<Fact>, context: Context): Promise<void> {
  const { git, commonDir, base, defaultBranch } = context;
  if (base === undefined || tip === undefined || (branch === undefined && row.kind !== 'remote')) return;
  const same = branch === defaultBranch || tip === base;
  row.base = same ? [0, 0] : await cached('base-ahead-behind', [base, tip], context, () => countAheadBehind(git, commonDir, { tip, other: base }));
  if (facts.has('base-lines')) {
    row.baseLines = same ? [0, 0] : await cached('base-lines', [base, tip], context, () => countLines(git, commonDir, [`${base}...${tip}`, '--']));
  }
}

async function fillRemote({ row, tip, upstream }: Skeleton, facts: ReadonlySet<Fact>, context: Context): Promise<void> {
  const { git, commonDir, refs } = context;
  const other = upstream === undefined ? undefined : refs.ids.get(upstream);
  if (other === undefined || tip === undefined) return;
  const same = tip === other;
  row.remote = same ? [0, 0] : await cached('remote-ahead-behind', [tip, other], context, () => countAheadBehind(git, commonDir, { tip, other }));
  if (facts.has('remote-lines')) {
    row.remoteLines = same ? [0, 0] : await cached('remote-lines', [tip, other], context, () => countLines(git, commonDir, [`${other}...${tip}`, '--']));
  }
}

async function cached(kind: CacheKind, ids: readonly string[], { cache }: Context, compute: () => Promise<Pair | null>): Promise<Pair | null> {
  const known = cache.read(kind, ids, parsePair);
  if (known !== undefined) return known;
  const value = await compute();
  if (value !== null) cache.write(kind, ids, value);
  return value;
}

function parsePair(json: unknown): Pair | undefined {
  return Array.isArray(json) && json.length === 2 && json.every((value) => Number.isSafeInteger(value) && value >= 0) ? [Number(json[0]), Number(json[1])] : undefined;
}

function parseCommit(json: unknown): CommitFacts | undefined {
  if (!Array.isArray(json) || json.length !== 3) return undefined;
  const [atSecs, shortHash, subject]: unknown[] = json;
  return typeof atSecs === 'number' && typeof shortHash === 'string' && typeof subject === 'string' ? { atSecs, shortHash, subject } : undefined;
}
