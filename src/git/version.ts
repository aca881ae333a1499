import { DaftError } from '../daft-error';
import type { Git } from './run';

export interface GitVersion {
  major: number;
  minor: number;
}

const required: GitVersion = { major: 2, minor: 28 };

export async function readGitVersion(git: Git): Promise<GitVersion> {
  const text = await git.run('/', ['--version'], 'Failed to ask for the version of git');
  const [, major, minor] = /(\d+)\.(\d+)/.exec(text) ?? [];
  return { major: Number(major ?? 0), minor: Number(minor ?? 0) };
}

/** Throws DaftError naming the found and the required version; returns the found one. */
export async function requireGitVersion(git: Git): Promise<GitVersion> {
  const found = await readGitVersion(git);
  if (!isAtLeast(found, required)) {
    throw new DaftError(`Git ${found.major}.${found.minor} is too old: daft needs Git ${required.major}.${required.minor} or later`);
  }
  return found;
}

export function isAtLeast(found: GitVersion, wanted: GitVersion): boolean {
  return found.major > wanted.major || (found.major === wanted.major && found.minor >= wanted.minor);
}
