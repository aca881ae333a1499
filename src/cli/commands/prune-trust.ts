/** The detached daily helper: prunes the trust database and notes when, whatever came of it (hooks.md 14.5). */
import { join } from 'node:path';
import { parseSettings, readDirectories } from '../../config';
import { DaftError } from '../../daft-error';
import { makePrivateDirectory, writeFileAtomic } from '../../fs';
import { createGit, readGlobalConfigList } from '../../git';
import { pruneTrust } from '../../hooks';
import type { CommandContext } from '../context';

export async function run({ env, now }: CommandContext): Promise<number> {
  const git = createGit(env);
  const { config } = readDirectories(env);
  const settings = parseSettings(await readGlobalConfigList(git));
  try {
    if (settings.hooks.trustPrune) await pruneTrust({ git, configDir: config, remote: settings.remote, now, warn: () => {} });
  } catch (error) {
    if (!(error instanceof DaftError)) throw error; // an unreadable database is for who asks about it
  } finally {
    makePrivateDirectory(config);
    const stamp = { version: 1, pruned_at: Math.floor(now().getTime() / 1000) };
    writeFileAtomic(join(config, 'trust-prune.json'), `${JSON.stringify(stamp, null, 2)}\n`);
  }
  return 0;
}
