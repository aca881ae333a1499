import type { Git } from '../../git';
import type { RepositoryLocation } from '../request-form';
import { isSameRepository, maybeByAlias, parseRemoteUrl, type RemoteLocation } from './location';

export interface Remote {
  name: string;
  /** As it is written, and as git rewrites it (`url.<base>.insteadOf`); without what is on no host. */
  locations: readonly RemoteLocation[];
}

/** The remotes of a repository in git's order. @param raw its configuration */
export async function readRemotes(git: Git, commonDir: string, raw: ReadonlyMap<string, string>): Promise<Remote[]> {
  const listed = await git.run(commonDir, ['remote', '--verbose'], 'Failed to list remotes');
  const rewritten = [...listed.matchAll(/^(.*?)\t(.*) \(fetch\)/gm)];
  return rewritten.map(([, name = '', url = '']) => ({
    name,
    locations: [raw.get(`remote.${name}.url`) ?? '', url].flatMap((text) => parseRemoteUrl(text) ?? []),
  }));
}

/** The remote that is this repository; of several the preferred one. */
export function findRemote(remotes: readonly Remote[], wanted: RepositoryLocation, preferred: string): Remote | undefined {
  const inOrder = remotes.toSorted((one, other) => Number(other.name === preferred) - Number(one.name === preferred));
  return (
    inOrder.find(({ locations }) => locations.some((location) => isSameRepository(location, wanted))) ??
    inOrder.find(({ locations }) => locations.some((location) => maybeByAlias(location, wanted)))
  );
}

/** URL of a fork, by the protocol that leads to the repository itself. */
export function urlOfFork(base: Remote | undefined, repository: RepositoryLocation, fork: string): string {
  const { locations = [] } = base ?? {};
  const way = locations.find((location) => isSameRepository(location, repository)) ?? locations[0];
  return way?.urlOf(fork) ?? `https://${repository.host}/${fork}.git`;
}
