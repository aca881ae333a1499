import { mkdirSync, readdirSync, renameSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DaftError } from '../../daft-error';
import { fault } from '../../fault';
import { isErrno, lstatIfExists, readTextIfExists, removeFile } from '../../fs';
import { askPatiently, gitFailure, type Git } from '../../git';
import { finishPush } from './half-pushed';
import type { Journal, Undo } from './journal';
import { relinkWorktrees } from './links';
import { restoreLayout, restoreTrust, type RegistryServices } from './registry';
import { findStash, pushStash, unstash } from './stash';
import { setConfig } from './undertaking';
import { writeInPlace } from './write-in-place';

/**
 * Takes back what a journal has noted, whether or not it was done, and ends the journal. What cannot be taken back is told
 * and passed over; then the journal stays, and a DaftError says so.
 *
 * @param options.because what the caller is going to throw afterwards; where our error takes its place, it is told first
 */
export async function takeBack(journal: Journal, services: RegistryServices & { git: Git }, { because }: { because?: unknown } = {}): Promise<void> {
  const attending = { ...services, git: journal.attended(services.git) };
  const reasons = because instanceof Error ? [because.message] : [];
  const tell = (text: string) => {
    for (const line of [...reasons.splice(0), text]) services.narrator.warning(line);
  };
  try {
    const result = await journal.takeBack(async (undo) => {
      try {
        await follow(undo, journal.commonDir, attending);
        return 'followed';
      } catch (error) { // whatever it is, the other steps are still to be taken back
        if (!(error instanceof Error)) throw error;
        tell(`Could not take back a step (${describe(undo, journal.commonDir)}): ${error.message}`);
        // With room again, or without the obstacle, all of it can be taken back; but not if the steps before this one have
        // been by then. And what git has brought is in no other note: it would stay where the worktree has been.
        return undo.undo === 'unstash' || isErrno(error, 'ENOSPC', 'EDQUOT') ? 'stop' : 'failed';
      }
    });
    if (result === 'all') {
      journal.finish();
      return;
    }
  } catch (error) { // a disk that refuses the journal
    if (!(error instanceof Error && 'code' in error)) throw error;
    tell(`Could not note what has been taken back: ${error.message}`);
  }
  journal.close();
  throw new DaftError('Not everything could be taken back; nothing is lost', {
    hint: `Mend what the warnings name and run the command again. The steps that are left are noted in ${journal.directory}/journal`,
  });
}

async function follow(undo: Undo, commonDir: string, services: RegistryServices & { git: Git }): Promise<void> {
  const { git } = services;
  if (DAFT_FAULTS) fault('transform: taking back');
  switch (undo.undo) {
    case 'rename':
      for (const [from, to] of undo.moves.toReversed()) renameBack(from, to);
      return;
    case 'make-directory':
      if (lstatIfExists(undo.path)?.isDirectory() && readdirSync(undo.path).length === 0) rmdirSync(undo.path);
      return;
    case 'remove-directory':
      if (!lstatIfExists(undo.path)) mkdirSync(undo.path, { mode: undo.mode });
      return;
    case 'write':
      if (undo.before === null) removeFile(undo.path);
      else if (readTextIfExists(undo.path) !== undo.before) writeInPlace(undo.path, undo.before, undo.mode);
      return;
    case 'move-worktree':
      renameBack(undo.from, undo.to);
      rewrite(join(undo.registration, 'gitdir'), undo.gitdir);
      rewrite(join(undo.from, '.git'), undo.link);
      return;
    case 'move-git':
      renameBack(undo.from, undo.to);
      relinkWorktrees(undo.from, undo.to);
      return;
    case 'config': {
      const file = join(commonDir, undo.file);
      const now = await git.ask('/', ['config', '--file', file, '--get', undo.key]);
      const present = now.exitCode === 0 ? now.stdout.replace(/\n$/, '') : null;
      if (present !== undo.before) await setConfig(git, file, undo.key, undo.before);
      return;
    }
    case 'config-added': {
      const pattern = undo.value.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
      const answer = await askPatiently(git, '/', ['config', '--file', join(commonDir, undo.file), '--unset', undo.key, `^${pattern}$`]);
      if (answer.exitCode !== 0 && answer.exitCode !== 5) throw gitFailure(`Failed to set ${undo.key}`, answer); // 5: it is not there
      return;
    }
    case 'stash': {
      const stash = await findStash(git, undo.worktree, undo.message);
      if (!stash) return;
      const pushed = await finishPush(git, undo.worktree, stash.commit);
      const restored = pushed.kind === 'finished' ? await unstash(git, undo.worktree, stash.commit) : pushed;
      if (restored.kind !== 'restored') throw new Error(`the changes are kept as stash ${stash.commit.slice(0, 12)}: ${restored.reason}`);
      return;
    }
    case 'unstash': {
      const stash = await findStash(git, undo.worktree, undo.message);
      if (!stash) return pushStash(git, undo.worktree, undo.message);
      const taken = await finishPush(git, undo.worktree, stash.commit);
      if (taken.kind === 'refused') throw new Error(`the changes are kept as stash ${stash.commit.slice(0, 12)}: ${taken.reason}`);
      return;
    }
    case 'registry':
      await restoreLayout(undo, services);
      return;
    case 'trust':
      await restoreTrust(undo, services);
  }
}

function renameBack(from: string, to: string): void {
  if (lstatIfExists(from)) return; // not gone, or back already
  if (!lstatIfExists(to)) throw new Error(`neither '${from}' nor '${to}' is there`);
  mkdirSync(dirname(from), { recursive: true });
  renameSync(to, from);
}

function rewrite(path: string, content: string): void {
  if (readTextIfExists(path) !== content) writeInPlace(path, content, statSync(path).mode & 0o7777);
}

function describe(undo: Undo, commonDir: string): string {
  switch (undo.undo) {
    case 'rename': return `files from ${dirname(undo.moves[0]?.[1] ?? '')} to ${dirname(undo.moves[0]?.[0] ?? '')}`;
    case 'make-directory': case 'remove-directory': case 'write': return undo.path;
    case 'move-worktree': case 'move-git': return `${undo.to} to ${undo.from}`;
    case 'config': case 'config-added': return `${undo.key} in ${join(commonDir, undo.file)}`;
    case 'stash': case 'unstash': return `stash of ${undo.worktree}`;
    case 'registry': case 'trust': return 'repos.json';
  }
}
