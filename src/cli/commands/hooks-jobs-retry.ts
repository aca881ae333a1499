import { resolve } from 'node:path';
import { parseSettings } from '../../config';
import { DaftError } from '../../daft-error';
import { readConfigList } from '../../git';
import { isDirectory, readRetryTarget, retry } from '../../jobs';
import type { History } from '../../jobs';
import { describeRetryRefusal, describeRetryTargetFailure, retriedLine } from '../../output/jobs';
import { commandMessages } from '../command-messages';
import type { CommandContext } from '../context';
import { createHookServices } from '../hook-services';
import type { ParsedArguments } from '../spec';
import { openJobs, refusal } from './hooks-jobs-open';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const { now, stdout } = context;
  const given = {
    target: parsed.argument('target'),
    hook: parsed.text('hook'),
    inv: parsed.text('inv'),
    job: parsed.text('job'),
    worktree: parsed.text('worktree'),
  };
  const cwd = readCwd(context, parsed.text('cwd'));
  const { git, repository, store, history, here, coordinatorLive } = await openJobs(context);

  const scope = given.worktree ?? here;
  const read = readRetryTarget({ ...given, here, isJobName: (name) => scope !== undefined && hasJob(history, scope, name) });
  if (read.kind === 'failed') throw refusal(describeRetryTargetFailure(read.failure));

  const settings = parseSettings(await readConfigList(git, repository.gitDir));
  const messages = commandMessages(context, { quiet: false, verbose: 0 });
  using hooks = createHookServices(context, { git, settings, messages, verbose: false });
  const { services } = hooks;
  const typed = given.target ?? given.hook ?? given.inv ?? given.job;
  const result = await retry(read.request, {
    store,
    history,
    trigger: typed === undefined ? 'hooks jobs retry' : `hooks jobs retry ${typed}`,
    cwd,
    coordinatorLive,
    services,
  });
  hooks.finish();
  switch (result.kind) {
    case 'refused':
      throw refusal(describeRetryRefusal(result.refusal, now()));
    case 'all-succeeded':
      stdout.stream.write('Nothing to retry — all jobs succeeded.\n');
      return 0;
    case 'retried':
      if (result.interrupted) return 130;
      stdout.stream.write(`${retriedLine(result)}\n`);
      return 0;
  }
}

function readCwd({ cwd }: CommandContext, directory: string | undefined): string | undefined {
  if (directory === undefined) return undefined;
  const path = resolve(cwd, directory);
  // Of nothing, as an unset variable gives it, resolve makes the current directory.
  if (directory === '' || !isDirectory(path)) throw new DaftError(`--cwd path '${directory}' does not exist or is not a directory.`);
  return path;
}

function hasJob(history: History, worktree: string, name: string): boolean {
  for (const { jobs } of history.newestFirst(worktree)) if (jobs.some((job) => job.name === name)) return true;
  return false;
}
