/** The detached daily helper: cleans the logs of all repositories. Whatever comes of it, nobody is told (jobs.md 12.6). */
import { cleanAutomatically } from '../../cleanup';
import { readDirectories } from '../../config';
import type { CommandContext } from '../context';

export async function run({ env, now }: CommandContext): Promise<number> {
  try {
    const { config, state } = readDirectories(env);
    await cleanAutomatically({ configDir: config, stateDir: state, now });
  } catch (error) {
    if (!(error instanceof Error)) throw error; // the stamp is missing then, and tomorrow somebody tries again
  }
  return 0;
}
