import { DaftError } from '../../daft-error';
import type { Git } from '../../git';
import { findJournal } from './journal';
import type { RegistryServices } from './registry';
import { takeBack } from './undo';

/**
 * Takes back what a transform left that was killed half-way. Throws DaftError while one is under way, and where not all
 * can be taken back.
 *
 * @returns the git directory, which may be somewhere else afterwards; undefined if there was nothing to do
 */
export async function recover(commonDir: string, { dryRun }: { dryRun: boolean }, services: RegistryServices & { git: Git }): Promise<string | undefined> {
  const found = findJournal(commonDir);
  switch (found.kind) {
    case 'none':
      return undefined;
    case 'alive':
      throw underWay();
    case 'dead': {
      const { command, journal } = found;
      if (dryRun) {
        throw new DaftError(`An earlier '${command}' was interrupted half-way`, { hint: 'Without --dry-run, this command first takes it back.' });
      }
      services.narrator.warning(`An earlier '${command}' was interrupted half-way; taking it back`);
      await takeBack(journal, services);
      return journal.commonDir;
    }
  }
}

export function underWay(): DaftError {
  return new DaftError('Another transform of this repository is under way');
}
