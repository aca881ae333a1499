import type { Git } from '../../git';

/** From now on worktrees of a bare layout are grouped by remote; `defaultRemote` gets those that name none. */
export async function turnOnMultiRemote(git: Git, commonDir: string, defaultRemote: string): Promise<void> {
  const attempt = 'Failed to turn on multi-remote mode';
  await git.run(commonDir, ['config', 'daft.multiRemote.enabled', 'true'], attempt);
  await git.run(commonDir, ['config', 'daft.multiRemote.defaultRemote', defaultRemote], attempt);
}
