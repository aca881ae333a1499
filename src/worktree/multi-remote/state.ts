import { parseSettings, type Settings } from '../../config';
import { DaftError } from '../../daft-error';
import type { Survey, Worktree } from '../../git';
import { partsBelow } from './plan';

export interface MultiRemote extends Survey {
  settings: Settings;
  /** Names of the configured remotes, as git lists them. */
  remotes: readonly string[];
}

/** What a repository's configuration says of its remotes. */
export function readMultiRemote(survey: Survey): MultiRemote {
  const settings = parseSettings(survey.config);
  const names = [...settings.raw.keys()].flatMap((key) => /^remote\.(.+)\.(url|fetch)$/s.exec(key)?.[1] ?? []);
  return { ...survey, settings, remotes: [...new Set(names)].toSorted() };
}

/** The folder of a worktree, if it is that of a remote; undefined while the mode is off. */
export function folderOf({ path }: Worktree, { repository, settings, remotes }: MultiRemote): string | undefined {
  const [folder] = settings.multiRemoteEnabled ? (partsBelow(repository.projectRoot, path) ?? []) : [];
  return folder !== undefined && remotes.includes(folder) ? folder : undefined;
}

export function trackingRemote(branch: string | undefined, { settings, remotes }: MultiRemote): string | undefined {
  const remote = branch === undefined ? undefined : settings.raw.get(`branch.${branch}.remote`);
  return remote !== undefined && remotes.includes(remote) ? remote : undefined;
}

/** Throws DaftError unless there is a remote of this name. */
export function requireRemote(name: string, { remotes }: MultiRemote): void {
  if (!remotes.includes(name)) throw new DaftError(unknownRemote(name, remotes));
}

export function unknownRemote(name: string, remotes: readonly string[]): string {
  return `Remote '${name}' does not exist. Available remotes: ${remotes.length === 0 ? '(none)' : remotes.join(', ')}`;
}
