import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isOurs, lstatIfExists, sha256, unlessMissing } from '../../fs';
import type { Store } from '../../logstore';

/** Bytes of path that a Unix socket address holds. Node cuts a longer one silently: two repositories would meet in one socket. */
const maxSocketPathBytes = process.platform === 'linux' ? 107 : 103;

/** Where the coordinator of a repository is reached (jobs.md 2.3). */
export interface SocketPlaces {
  /** In the state directory; undefined if the path is too long for a socket. */
  normal: string | undefined;
  /** A short, equally predictable path, in a directory that only we may enter. */
  fallback: { readonly directory: string; readonly path: string };
}

export function socketPlaces({ stateDir, repoId }: Pick<Store, 'stateDir' | 'repoId'>, uid: number): SocketPlaces {
  const normal = join(stateDir, `coordinator-${repoId}.sock`);
  const directory = fallbackDirectory(uid);
  return {
    normal: Buffer.byteLength(normal) <= maxSocketPathBytes ? normal : undefined,
    fallback: {
      directory,
      get path() {
        return join(directory, `${sha256(normal).slice(0, 32)}.sock`); // seldom asked for: few have the directory
      },
    },
  };
}

/**
 * The paths at which a client knocks, in this order: those where a socket of ours lies. What another user put there would be
 * told our jobs, and would be believed; and a connection takes 2 ms to find out that there is nothing.
 */
export function pathsToTry(store: Store): string[] {
  const uid = ownUid();
  const { normal, fallback } = socketPlaces(store, uid);
  const paths = normal === undefined ? [] : [normal];
  // Somebody else could have made it, and would then be told our jobs: /tmp is everybody's.
  // Once made it stays, mostly empty; its path is a hash, which takes as long to make as a connection.
  if (isPrivateDirectory(fallback.directory, uid) && !isEmpty(fallback.directory)) paths.push(fallback.path);
  return paths.filter((path) => mayAnswer(path));
}

function isEmpty(directory: string): boolean {
  return unlessMissing(() => readdirSync(directory).length) === 0;
}

/** Who cannot tell must knock. */
function mayAnswer(path: string): boolean {
  try {
    const found = lstatIfExists(path);
    return found !== undefined && found.isSocket() && isOurs(found);
  } catch {
    return true;
  }
}

/** Where names of elections may lie, dead ones too. */
export function electionDirectories(stateDir: string): string[] {
  const uid = ownUid();
  const directory = fallbackDirectory(uid);
  return isPrivateDirectory(directory, uid) ? [stateDir, directory] : [stateDir];
}

/** Whether this is a real directory, ours, and closed to everybody else. */
export function isPrivateDirectory(path: string, uid: number): boolean {
  const found = lstatIfExists(path);
  return found !== undefined && found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0;
}

export function ownUid(): number {
  return process.getuid?.() ?? 0;
}

function fallbackDirectory(uid: number): string {
  return `/tmp/daft-${uid}`;
}
