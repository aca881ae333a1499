import { askPatiently } from './patience';
import type { Git, GitAnswer } from './run';

/** `git branch -D`, with the branch's section of the configuration: a later branch of that name must not inherit its upstream. */
export async function deleteBranch(git: Git, commonDir: string, branch: string): Promise<GitAnswer> {
  const deleted = await askPatiently(git, commonDir, ['branch', '-D', '--', branch]);
  // To git this is a warning and a success: somebody else was just writing the configuration.
  if (deleted.exitCode === 0 && deleted.stderr.includes('could not lock config file')) {
    await askPatiently(git, commonDir, ['config', '--remove-section', `branch.${branch}`]);
  }
  return deleted;
}
