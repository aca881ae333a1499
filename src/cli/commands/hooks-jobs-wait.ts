import { parseDuration } from '../../config';
import { readActiveJobs, resolveAddress, resolveInvocation, waitForJobs } from '../../jobs';
import type { JobRef } from '../../jobs';
import { dropNotices } from '../../logstore';
import { createPalette } from '../../output';
import { describeAddressFailure, endingLine, LiveLine, lostText, printable, waitingLine } from '../../output/jobs';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { invalidValue } from '../usage-error';
import { openJobs, refusal } from './hooks-jobs-open';
import type { JobsOfRepository } from './hooks-jobs-open';
import { timeoutOption } from './hooks-jobs-options';

const timedOut = 124;

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const { stdout, stderr } = context;
  const timeout = parsed.text('timeout');
  const timeoutMs = readTimeout(timeout);
  const jobs = await openJobs(context);
  const paint = createPalette(stdout.colour);
  using live = new LiveLine(stderr.stream, { drawn: stderr.isTTY });
  context.beforeDying(() => live.clear());

  let allCompleted = true;
  const chosen = chooseJobs(context, parsed, jobs);
  const active = await waitForJobs(chosen, {
    ...jobs.mending,
    coordinatorLive: jobs.coordinatorLive,
    timeoutMs,
    tell: {
      ended: (job) => {
        allCompleted &&= job.status === 'completed';
        live.interrupt(() => stdout.stream.write(`${endingLine(job, paint)}\n`));
      },
      vanished: ({ dir }) => {
        allCompleted = false;
        const { warning } = createPalette(stderr.colour);
        live.interrupt(() => stderr.stream.write(`${warning('warning:')} ${lostText(dir)}\n`));
      },
      waiting: (outstanding) => live.show(waitingLine(outstanding)),
    },
  });
  live.clear();
  dropNotices(jobs.store, (job) => chosen.some(({ id, dir }) => job.id === id && job.dir === dir));
  if (active.length > 0) {
    const { error } = createPalette(stderr.colour);
    stderr.stream.write(`${error('error:')} timed out after ${timeout?.trim()}, still active: ${active.map((job) => printable(job.name)).join(', ')}\n`);
    return timedOut;
  }
  return allCompleted ? 0 : 1;
}

function readTimeout(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const parsed = parseDuration(text);
  if (parsed.kind === 'invalid') throw invalidValue(timeoutOption, text, parsed.message);
  return parsed.value * 1000;
}

/** The job that was named, ended or not; else those that are active now. */
function chooseJobs({ now }: CommandContext, parsed: ParsedArguments, jobs: JobsOfRepository): JobRef[] {
  const { store, history, here, coordinatorLive } = jobs;
  const token = parsed.argument('address');
  const inv = parsed.text('inv');
  if (token !== undefined) {
    const resolution = resolveAddress(token, { history, here, inv });
    if (resolution.kind === 'failed') throw refusal(describeAddressFailure(resolution.failure, now()));
    return [{ id: resolution.invocation.invocation.id, dir: resolution.job.dir }];
  }
  if (inv !== undefined) {
    const resolution = resolveInvocation(inv, { history });
    if (resolution.kind === 'failed') throw refusal(describeAddressFailure(resolution.failure, now()));
    const { id } = resolution.invocation.invocation;
    return readActiveJobs(store, { coordinatorLive, invocation: id }).map(({ row }) => ({ id, dir: row.dir }));
  }
  if (!parsed.flag('all') && here === undefined) return [];
  return readActiveJobs(store, { coordinatorLive, worktree: parsed.flag('all') ? undefined : here }).map(({ invocation, row }) => ({
    id: invocation.id,
    dir: row.dir,
  }));
}
