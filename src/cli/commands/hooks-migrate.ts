import { lstatSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { deprecatedScriptNames, hookNames, scriptDirectory } from '../../hooks';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { findCurrentWorktree } from './hooks-worktree';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const { root } = await findCurrentWorktree(context, 'Must be run from within a worktree, not the project root.');
  const dryRun = parsed.flag('dry-run');
  const messages = commandMessages(context, { quiet: false, verbose: 0 });
  const directory = join(root, scriptDirectory);
  if (!exists(directory)) {
    messages.info('No .daft/hooks/ directory in this worktree.');
    return 0;
  }
  const deprecated = hookNames.flatMap((hook) => {
    const old = deprecatedScriptNames[hook];
    return old !== undefined && exists(join(directory, old)) ? [{ old, current: hook }] : [];
  });
  if (deprecated.length === 0) {
    messages.info('No deprecated hook files found.');
    return 0;
  }
  if (dryRun) messages.info('Dry run - no files will be changed');
  const counts = { renamed: 0, skipped: 0, conflicts: 0 };
  for (const { old, current } of deprecated) {
    if (exists(join(directory, current))) {
      counts.conflicts += 1;
      messages.warning(`conflict ${old}: both '${old}' and '${current}' exist`);
    } else if (dryRun) {
      counts.renamed += 1;
      messages.info(`  would rename ${old} -> ${current}`);
    } else {
      const problem = renameProblem(join(directory, old), join(directory, current));
      if (problem === undefined) {
        counts.renamed += 1;
        messages.info(`  renamed ${old} -> ${current}`);
      } else {
        counts.skipped += 1;
        messages.error(`${old} -> ${current}: ${problem}`);
      }
    }
  }
  const { renamed, skipped, conflicts } = counts;
  messages.info(dryRun ? `${renamed} would be renamed, ${conflicts} conflicts` : `${renamed} renamed, ${skipped} skipped, ${conflicts} conflicts`);
  if (!dryRun && renamed > 0) messages.info("Remember to 'git add' the renamed files if they are tracked.");
  return 0;
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function renameProblem(from: string, to: string): string | undefined {
  try {
    renameSync(from, to);
    return undefined;
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return error.message; // one file that resists does not keep the others
    throw error;
  }
}
