/** What the URL of a remote says about where its repository is. Pure. */

import type { RepositoryLocation } from '../request-form';

export interface RemoteLocation extends RepositoryLocation {
  /** The host may be one of the user's own naming, from the configuration of ssh. */
  ssh: boolean;
  /** URL of another repository, reached in the same way. */
  urlOf: (path: string) => string;
}

/** Undefined for a path, a `file:` URL and whatever else is on no host. */
export function parseRemoteUrl(url: string): RemoteLocation | undefined {
  const [, scheme, , user, host, port = '', path] = /^((?:git\+)?(?:ssh|https?|git)):\/\/((?:([^@/]*)@)?)([^/:@]+)(:\d+)?\/(.+)$/i.exec(url) ?? [];
  if (scheme !== undefined && host !== undefined && path !== undefined) {
    const ssh = scheme.toLowerCase().endsWith('ssh');
    // What stands before the @ of https may be a password, which is for git to know and not for one more place on disk.
    const login = ssh && user !== undefined ? `${user.replace(/:.*$/s, '')}@` : '';
    return located({ host, path, ssh, urlOf: (other) => `${scheme}://${login}${host}${port}/${other}.git` });
  }
  const [, at = '', scpHost, scpPath] = /^([^@/:]+@)?([^/:@]+):(?!\/\/)(.+)$/.exec(url) ?? [];
  if (scpHost === undefined || scpPath === undefined) return undefined;
  return located({ host: scpHost, path: scpPath, ssh: true, urlOf: (other) => `${at}${scpHost}:${other}.git` });
}

function located({ host, path, ...others }: RemoteLocation): RemoteLocation {
  return { ...others, host: host.toLowerCase(), path: path.replace(/^\/+/, '').replace(/\/+$/, '').replace(/\.git$/, '') };
}

/** Forges tell their repositories apart without looking at case. */
export function isSameRepository(one: RepositoryLocation, other: RepositoryLocation): boolean {
  return nameOfHost(one.host) === nameOfHost(other.host) && one.path.toLowerCase() === other.path.toLowerCase();
}

/** Whether a remote may be this repository by a name for its host that only ssh knows: `work`, `github.com-work`, `ssh.github.com`. */
export function maybeByAlias(remote: RemoteLocation, wanted: RepositoryLocation): boolean {
  const alias = !remote.host.includes('.') || remote.host.includes(nameOfHost(wanted.host));
  return remote.ssh && alias && remote.path.toLowerCase() === wanted.path.toLowerCase();
}

function nameOfHost(host: string): string {
  return host.replace(/:\d+$/, '').replace(/^www\./, '').toLowerCase();
}
