import type { Git, Repository } from '../../git';
import { Journal } from './journal';
import { underWay } from './recover';
import type { RegistryServices } from './registry';
import { takeBack } from './undo';
import { Undertaking } from './undertaking';

/**
 * Makes steps in a repository whose git directory stays where it is: all of them, or, where one throws, none. That is
 * thrown on, once everything has been taken back.
 */
export async function undertake(
  { commonDir, projectRoot }: Pick<Repository, 'commonDir' | 'projectRoot'>,
  commandLine: string,
  services: RegistryServices & { git: Git },
  makeSteps: (undertaking: Undertaking) => Promise<void>,
): Promise<void> {
  const journal = Journal.begin(commonDir, commandLine);
  if (journal === undefined) throw underWay();
  try {
    await makeSteps(new Undertaking(journal, services.git, projectRoot));
    journal.finish();
  } catch (error) {
    await takeBack(journal, services, { because: error });
    throw error;
  }
}
