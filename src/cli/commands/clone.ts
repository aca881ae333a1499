import { relative } from 'node:path';
import { realpathSync } from 'node:fs';
import { parseSettings } from '../../config';
import { DaftError } from '../../daft-error';
import { createGit, readGlobalConfigList } from '../../git';
import { cloneRepository, type Cloned } from '../../worktree';
import { parseColumns } from '../../worktree/list';
import { commandMessages } from '../command-messages';
import { tellInLines, tellInTable, type CloneProgress } from '../clone-progress';
import { Interrupted, type CommandContext } from '../context';
import { openWorktreeCommand } from '../worktree-command';
import { writeDestination } from '../destination';
import { execAfter } from '../exec-after';
import { hintAtShellIntegration } from '../hints';
import { tellCancelled } from '../key-prompt';
import { askFirstLayout } from '../layout-question';
import { namedLayout } from '../named-layout';
import type { ParsedArguments } from '../spec';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const quiet = parsed.flag('quiet');
  const verbose = parsed.count('verbose');
  const branches = parsed.texts('branch');
  refuseCombinations(parsed, branches);
  const columns = parseColumns(parsed.text('columns'), ['branch', 'path', 'base', 'age', 'last-commit']);

  const messages = commandMessages(context, { quiet, verbose });
  const git = createGit(context.env);
  const settings = parseSettings(await readGlobalConfigList(git));
  const noHooks = parsed.flag('no-hooks');
  const drawsTable = new Set(branches).size > 1 && mayDrawTable(context, { quiet, verbose });
  const progress = drawsTable ? tellInTable(context, { git, settings, columns, messages, verbose: verbose > 0 }) : tellInLines(messages);
  using command = openWorktreeCommand(context, { git, settings, messages, quiet, verbose: verbose > 0, hooks: noHooks ? 'none' : 'fire', hookLog: progress.hookLog });
  const { services, hooks } = command;
  if (noHooks) messages.step('Skipping hooks (--no-hooks flag)');
  const layoutName = parsed.text('layout');
  const layout = layoutName === undefined ? undefined : await namedLayout(layoutName, services);

  messages.spinner.start('Cloning');
  const cloning = cloneRepository(
    {
      url: parsed.argument('repository_url') ?? '',
      branches,
      allBranches: parsed.flag('all-branches'),
      noCheckout: parsed.flag('no-checkout'),
      layout,
      remoteFolder: parsed.text('remote'),
      trustHooks: parsed.flag('trust-hooks'),
    },
    services,
    {
      askLayout: () => askFirstLayout(context, messages, { quiet }),
      onProgress: ({ stage, percent }) => messages.spinner.update(`${stage} ${percent}%`),
      tell: progress.tell,
      occupiesTerminal: drawsTable,
    },
  );
  const cloned = await untilTold(cloning, progress);
  messages.spinner.finish();
  if (cloned.kind === 'cancelled') {
    tellCancelled('Clone cancelled. Nothing was changed.', context);
    return 0;
  }
  messages.result(resultOf(cloned, context));
  writeDestination(cloned.destination, { env: context.env, settings, stay: parsed.flag('no-cd'), messages });
  hooks.finish();
  if (cloned.kind !== 'worktree') return 0;
  hintAtShellIntegration(context, messages, { quiet });
  await execAfter(parsed.texts('exec'), cloned.destination, context);
  return 0;
}

/** A live table takes a terminal, and somebody who wants to see it. */
function mayDrawTable({ env, stderr }: CommandContext, { quiet, verbose }: { quiet: boolean; verbose: number }): boolean {
  return stderr.isTTY && !quiet && verbose < 2 && env['DAFT_NO_LIVE'] === undefined && env['DAFT_TESTING'] === undefined;
}

/** However it ends, all is told first. */
async function untilTold<T>(work: Promise<T>, progress: CloneProgress): Promise<T> {
  try {
    const value = await work;
    await progress.end('finished');
    return value;
  } catch (error) {
    await progress.end(error instanceof Interrupted ? 'interrupted' : 'finished');
    throw error;
  }
}

function refuseCombinations(parsed: ParsedArguments, branches: readonly string[]): void {
  const refusals: readonly (readonly [boolean, string])[] = [
    [parsed.flag('no-checkout') && parsed.flag('all-branches'), '--no-checkout and --all-branches cannot be used together.'],
    [branches.length > 0 && parsed.flag('all-branches'), '--branch and --all-branches cannot be used together.'],
    [branches.length > 0 && parsed.flag('no-checkout'), '--branch and --no-checkout cannot be used together.'],
    [branches.length > 1 && parsed.text('remote') !== undefined, '--remote cannot be used with multiple -b flags.'],
    [parsed.flag('trust-hooks') && parsed.flag('no-hooks'), '--trust-hooks and --no-hooks cannot be used together.'],
  ];
  const refusal = refusals.find(([refused]) => refused);
  if (refusal) throw new DaftError(refusal[1]);
}

function resultOf(cloned: Exclude<Cloned, { kind: 'cancelled' }>, { cwd }: CommandContext): string {
  switch (cloned.kind) {
    case 'worktree': return `Cloned into '${relative(realpathSync(cwd), cloned.path)}'`;
    case 'bare': return `Cloned '${cloned.name}' (bare)`;
    case 'branch not found': return `Cloned '${cloned.name}' (branch '${cloned.branch}' not found, no worktree created)`;
  }
}
