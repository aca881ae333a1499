import { setTimeout as delay } from 'node:timers/promises';
import { DaftError } from '../../daft-error';
import type { Git } from '../../git';
import { findJournal, takeOver, type Journal } from './journal';
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
      const { command } = found;
      if (dryRun) {
        throw new DaftError(`An earlier '${command}' was interrupted half-way`, { hint: 'Without --dry-run, this command first takes it back.' });
      }
      const journal = takeOver(commonDir);
      if (journal === undefined) throw underWay();
      services.narrator.warning(`An earlier '${command}' was interrupted half-way; taking it back`);
      await waitForGit(journal, services);
      await takeBack(journal, services);
      return journal.commonDir;
    }
  }
}

const patienceMs = 10_000;
const pollMs = 50;

/** It moves files, and ends as if nothing had happened to who has started it. Throws DaftError where it does not. */
async function waitForGit(journal: Journal, { narrator }: RegistryServices): Promise<void> {
  const git = journal.findAbandonedGit();
  if (git === undefined) return;
  narrator.warning(`The git that it had started (process ${git.pid}) is still at work; waiting for its end`);
  for (const deadline = performance.now() + patienceMs; journal.findAbandonedGit() !== undefined; await delay(pollMs)) {
    if (performance.now() > deadline) {
      throw new DaftError(`The git with process id ${git.pid} is still at work in this repository`, { hint: 'Nothing was taken back. Run the command again when it has ended.' });
    }
  }
}

export function underWay(): DaftError {
  return new DaftError('Another transform of this repository is under way');
}
