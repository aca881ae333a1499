import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { DaftError } from '../../daft-error';
import { isErrno } from '../../fs';
import { surveyRepository, type Git, type Survey } from '../../git';
import type { CommandContext } from '../context';

/** The repository that adopt and eject are pointed at. */
export async function surveyPath(git: Git, given: string | undefined, { cwd }: CommandContext): Promise<Survey> {
  const directory = findDirectory(given ?? '.', cwd);
  if (directory === undefined) throw new DaftError(`Repository path does not exist: ${given ?? '.'}`);
  const survey = await surveyRepository(git, directory);
  if (survey === undefined) throw new DaftError('Not inside a Git repository');
  return survey;
}

/** Symlink-free path of the directory that is meant; undefined where there is none. */
export function findDirectory(given: string, cwd: string): string | undefined {
  try {
    const path = realpathSync(resolve(cwd, given));
    return statSync(path).isDirectory() ? path : undefined;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG')) return undefined;
    throw error;
  }
}
