import { join } from 'node:path';
import { findConfigFile } from '../config';
import { loadWorktreeConfig } from '../config/daft-yml';
import { listScripts, scriptDirectory } from './scripts';
import type { HookScript } from './scripts';

/** What hooks a worktree brings along. */
export interface HookSurvey {
  /** Hooks of daft.yml, sorted. */
  configured: readonly string[];
  scripts: readonly HookScript[];
  /** Why daft.yml could not be read; its hooks are unknown then. */
  broken: string | undefined;
}

/**
 * Of the first of these worktrees that has any hooks; of the last, if none has.
 *
 * @param cacheDir as for `loadWorktreeConfig`
 */
export async function surveyHooks(worktrees: readonly string[], cacheDir: string): Promise<HookSurvey> {
  let survey: HookSurvey = { configured: [], scripts: [], broken: undefined };
  for (const worktree of worktrees) {
    survey = { ...(await configuredIn(worktree, cacheDir)), scripts: listScripts(join(worktree, scriptDirectory)) };
    if (survey.configured.length > 0 || survey.scripts.length > 0 || survey.broken !== undefined) break;
  }
  return survey;
}

/** Names of all hooks of a survey, sorted and without repetition. */
export function hookNamesIn({ configured, scripts }: HookSurvey): string[] {
  return [...new Set([...configured, ...scripts.map(({ name }) => name)])].toSorted();
}

async function configuredIn(worktree: string, cacheDir: string): Promise<Pick<HookSurvey, 'configured' | 'broken'>> {
  if (findConfigFile(worktree) === undefined) return { configured: [], broken: undefined };
  const loaded = await loadWorktreeConfig(worktree, cacheDir);
  switch (loaded.kind) {
    case 'absent': return { configured: [], broken: undefined };
    case 'broken': return { configured: [], broken: loaded.message };
    case 'loaded': return { configured: Object.keys(loaded.config.hooks ?? {}).toSorted(), broken: undefined };
  }
}
