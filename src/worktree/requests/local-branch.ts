/** Which local branch a request is opened on. Pure. */

import { branchNameComplaint } from '../names';
import type { PullSource } from './pull-source';
import type { ForgeRequest } from './request';

export interface LocalBranch {
  tip: string;
  /** What `git pull` takes, as far as it is configured. */
  remote: string | undefined;
  merge: string | undefined;
  /** URL of the request it was opened for. */
  request: string | undefined;
}

export interface Branches {
  local: ReadonlyMap<string, LocalBranch>;
  /** Branches of the repository the request belongs to. */
  ofRemote: ReadonlySet<string>;
  defaultBranch: string | undefined;
}

export interface Wanted {
  request: ForgeRequest;
  url: string;
  /** Whether `git pull` on a branch that is configured like this gets the head of the request. */
  pullsHead: (source: PullSource) => boolean;
  /** Whether the commits of a branch that pulls from nowhere are those of the request. */
  isPartOfRequest: (tip: string) => boolean;
}

export type Choice =
  | { kind: 'existing'; branch: string }
  | { kind: 'new'; branch: string }
  /** Each name is somebody else's. */
  | { kind: 'none'; tried: readonly string[] };

export function chooseLocalBranch(wanted: Wanted, branches: Branches): Choice {
  const recorded = [...branches.local].find(([, { request }]) => request === wanted.url);
  if (recorded) return { kind: 'existing', branch: recorded[0] };
  const names = candidates(wanted.request);
  const existing = names.find((name) => belongs(name, wanted, branches));
  if (existing !== undefined) return { kind: 'existing', branch: existing };
  const free = names.find((name) => isFree(name, wanted.request, branches));
  return free === undefined ? { kind: 'none', tried: names } : { kind: 'new', branch: free };
}

/** The name of the head; the same below its owner; the number. Names that daft does not work with are left out. */
export function candidates({ forge, number, repository, head }: ForgeRequest): string[] {
  const owner = head.home.kind === 'gone' ? head.home.owner : (head.home.kind === 'fork' ? head.home.path : repository.path).replace(/\/[^/]*$/, '');
  const names = [head.branch, ...(owner === undefined ? [] : [`${owner}/${head.branch}`]), `${forge === 'github' ? 'pr' : 'mr'}/${number}`];
  return names.filter((name) => branchNameComplaint(name) === undefined);
}

/** Whether a local branch is one of this request, made by whatever tool. */
function belongs(name: string, { request, pullsHead, isPartOfRequest }: Wanted, { local, defaultBranch }: Branches): boolean {
  const branch = local.get(name);
  if (branch === undefined) return false;
  const { remote, merge } = branch;
  if (remote !== undefined && merge !== undefined && pullsHead({ remote, merge })) return true;
  // A branch of the repository itself is opened as `go` would open it: on the local one of that name, unless that is another request's.
  if (request.head.home.kind === 'base') return name === request.head.branch && branch.request === undefined;
  return name !== defaultBranch && branch.request === undefined && merge === undefined && isPartOfRequest(branch.tip);
}

function isFree(name: string, { head }: ForgeRequest, { local, ofRemote, defaultBranch }: Branches): boolean {
  // Below a branch there can be none, and none where others are below.
  for (const other of local.keys()) if (other === name || other.startsWith(`${name}/`) || name.startsWith(`${other}/`)) return false;
  // To `go`, that name means the branch of the remote.
  return head.home.kind === 'base' || (name !== defaultBranch && !ofRemote.has(name));
}
