import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { DaftError } from '../../daft-error';
import { isErrno } from '../../fs';
import { surveyRepository, type Git, type Survey } from '../../git';
import type { CommandContext } from '../context';

/** The repository that adopt and eject are pointed at. */
export async function surveyPath(git: Git, given: string | undefined, { cwd }: CommandContext): Promise<Survey> {
  const survey = await surveyRepository(git, existingDirectory(given ?? '.', cwd));
  if (survey === undefined) throw new DaftError('Not inside a Git repository');
  return survey;
}

function existingDirectory(given: string, cwd: string): string {
  try {
    const path = realpathSync(resolve(cwd, given));
    if (statSync(path).isDirectory()) return path;
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG')) throw error;
  }
  throw new DaftError(`Repository path does not exist: ${given}`);
}
