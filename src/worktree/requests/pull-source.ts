/** Where the head of a request is fetched from, and what `git pull` is to be configured with. Pure. */

import type { RepositoryLocation } from '../request-form';
import { isSameRepository, parseRemoteUrl } from './location';
import { findRemote, urlOfFork, type Remote } from './remotes';
import { pullRef, type ForgeRequest } from './request';

/** In the words of the configuration: `branch.<name>.remote` and `.merge`. */
export interface PullSource {
  /** Name of a remote, or a URL. */
  remote: string;
  merge: string;
}

export interface Attempt {
  fetch: { remote: string; ref: string; /** Branch of the remote, as it is known here. */ tracking: string | undefined };
  /** What is to be pulled from then on. */
  pull: PullSource;
}

/**
 * Ways to get at the head, the best first. Of a fork the repository itself has the commits, too, and more reliably: no
 * second host, no permission, and they outlive the fork. What is pulled later is the fork's branch all the same.
 */
export function attemptsAt(request: ForgeRequest, base: string, remotes: readonly Remote[]): Attempt[] {
  const { home, branch } = request.head;
  const byNumber = { remote: base, ref: pullRef(request), tracking: undefined };
  const pullByNumber = { remote: base, merge: pullRef(request) };
  const merge = `refs/heads/${branch}`;
  switch (home.kind) {
    case 'base':
      return [
        { fetch: { remote: base, ref: merge, tracking: `refs/remotes/${base}/${branch}` }, pull: { remote: base, merge } },
        { fetch: byNumber, pull: pullByNumber },
      ];
    case 'fork': {
      const location = { host: request.repository.host, path: home.path };
      const named = findRemote(remotes, location, base)?.name;
      const remote = named ?? urlOfFork(remotes.find(({ name }) => name === base), request.repository, home.path);
      const fromFork = { fetch: { remote, ref: merge, tracking: named === undefined ? undefined : `refs/remotes/${named}/${branch}` }, pull: { remote, merge } };
      const fromBase = { fetch: byNumber, pull: { remote, merge } };
      return named === undefined ? [fromBase, fromFork] : [fromFork, fromBase];
    }
    case 'gone':
      return [{ fetch: byNumber, pull: pullByNumber }];
  }
}

/** Whether this is the head of the request, as daft, a tool of the forge or the user may have configured it. */
export function pullsHead({ remote, merge }: PullSource, request: ForgeRequest, base: string, remotes: readonly Remote[]): boolean {
  const locations = remotes.find(({ name }) => name === remote)?.locations ?? [parseRemoteUrl(remote)];
  const isAt = (repository: RepositoryLocation) => locations.some((location) => location !== undefined && isSameRepository(location, repository));
  const isBase = remote === base || isAt(request.repository);
  if (merge === pullRef(request)) return isBase;
  const { home, branch } = request.head;
  if (merge !== `refs/heads/${branch}`) return false;
  switch (home.kind) {
    case 'base':
      return isBase;
    case 'fork':
      return isAt({ host: request.repository.host, path: home.path });
    case 'gone':
      return false;
  }
}
