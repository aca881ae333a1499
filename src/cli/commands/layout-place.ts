/** What the commands of `daft layout` know of the repository they are pointed at. */
import { parseSettings, readDirectories, type Settings } from '../../config';
import { createGit, surveyRepository, type Survey } from '../../git';
import { configurationWorktree, findCurrentLayout, type CurrentLayout, type Narrator } from '../../worktree';
import type { CommandContext } from '../context';

export interface LayoutPlace {
  survey: Survey;
  settings: Settings;
  current: CurrentLayout;
}

/** Undefined outside a repository. Nothing is stored, and nobody is asked. */
export async function findLayoutPlace(path: string, { env }: CommandContext, narrator: Narrator): Promise<LayoutPlace | undefined> {
  const git = createGit(env);
  const survey = await surveyRepository(git, path);
  if (survey === undefined) return undefined;
  const settings = parseSettings(survey.config);
  const services = { git, settings, directories: readDirectories(env), env, narrator };
  const current = await findCurrentLayout({ ...survey, configurationWorktree: () => configurationWorktree({ ...survey, services }, undefined) }, services);
  return { survey, settings, current };
}

/** The layout in force; undefined where nothing tells. */
export function layoutInForce(current: CurrentLayout) {
  return current.kind === 'unresolved' ? undefined : current.layout;
}
