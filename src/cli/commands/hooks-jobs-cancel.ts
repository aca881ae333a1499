import { cancelJobs, findSurvivors, isActive, readActiveJobs, resolveAddress, resolveInvocation, stopSurvivors, survivorsOf } from '../../jobs';
import type { ActiveJob, CancelReport, CancelScope, Survivors } from '../../jobs';
import { DaftError } from '../../daft-error';
import { createPalette } from '../../output';
import { describeAddressFailure } from '../../output/jobs';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { UsageError } from '../usage-error';
import { openJobs, refusal } from './hooks-jobs-open';
import type { JobsOfRepository } from './hooks-jobs-open';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const token = parsed.argument('address');
  const inv = parsed.text('inv');
  if (token === undefined && inv === undefined && !parsed.flag('all')) throw new UsageError('cancel requires a job address, --all or --inv');
  const jobs = await openJobs(context);
  if (token !== undefined) return cancelOne(context, jobs, { token, inv });
  if (inv !== undefined) return cancelInvocation(context, jobs, inv);
  return cancelAll(context, jobs);
}

async function cancelOne(context: CommandContext, jobs: JobsOfRepository, { token, inv }: { token: string; inv: string | undefined }): Promise<number> {
  const { store, history, here, coordinatorLive } = jobs;
  const resolution = resolveAddress(token, { history, here, inv, prefer: isActive });
  if (resolution.kind === 'failed') throw refusal(describeAddressFailure(resolution.failure, context.now()));
  const { job, invocation } = resolution;
  const active = readActiveJobs(store, { coordinatorLive, invocation: invocation.invocation.id }).find(({ row }) => row.dir === job.dir);
  const survivors = active === undefined ? survivorsOf(store, invocation, [job]) : [];
  if (active === undefined && survivors.length === 0) {
    if (!coordinatorLive && readActiveJobs(store, { coordinatorLive }).length === 0) {
      throw new DaftError('No coordinator running for this repository. Is the job still active?');
    }
    throw new DaftError(`Job not found or not running: ${job.name}`);
  }
  const report = await cancel(context, jobs, { active: active === undefined ? [] : [active], survivors, scope: { kind: 'job' } });
  if (report.ended.length > 0) throw new DaftError(`Job not found or not running: ${job.name}`);
  if (report.cancelled.length > 0) context.stdout.stream.write(`Cancelled job: ${job.name}\n`);
  return tellFailures(context, report);
}

async function cancelInvocation(context: CommandContext, jobs: JobsOfRepository, prefix: string): Promise<number> {
  const { store, history, coordinatorLive } = jobs;
  const resolution = resolveInvocation(prefix, { history });
  if (resolution.kind === 'failed') throw refusal(describeAddressFailure(resolution.failure, context.now()));
  const { invocation } = resolution;
  const { id } = invocation.invocation;
  const report = await cancel(context, jobs, {
    active: readActiveJobs(store, { coordinatorLive, invocation: id }),
    survivors: survivorsOf(store, invocation, invocation.jobs),
    scope: { kind: 'invocation', id },
  });
  const { cancelled } = report;
  if (cancelled.length > 0) context.stdout.stream.write(`Cancelled ${cancelled.length} job(s): ${cancelled.join(', ')}\n`);
  else if (report.failed.length === 0) context.stdout.stream.write('No active jobs matched the filter.\n');
  return tellFailures(context, report);
}

async function cancelAll(context: CommandContext, jobs: JobsOfRepository): Promise<number> {
  const { store, history, coordinatorLive } = jobs;
  const active = readActiveJobs(store, { coordinatorLive });
  const survivors = findSurvivors(store, history, { now: context.now() });
  if (active.length + survivors.length === 0 && !coordinatorLive) {
    context.stdout.stream.write('No coordinator running for this repository.\n');
    return 0;
  }
  const report = await cancel(context, jobs, { active, survivors, scope: { kind: 'all' } });
  context.stdout.stream.write(`Cancelled ${report.cancelled.length} job(s)\n`);
  return tellFailures(context, report);
}

/** Cancels what is active, and stops what survived jobs that were killed from outside. */
async function cancel(
  { now }: CommandContext,
  { store }: JobsOfRepository,
  { active, survivors, scope }: { active: readonly ActiveJob[]; survivors: readonly Survivors[]; scope: CancelScope },
): Promise<CancelReport> {
  const [cancelled, stopped] = await Promise.all([cancelJobs(store, active, { scope, now }), stopSurvivors(survivors)]);
  return {
    cancelled: [...cancelled.cancelled, ...stopped.cancelled],
    ended: cancelled.ended,
    failed: [...cancelled.failed, ...stopped.failed],
  };
}

function tellFailures({ stderr }: CommandContext, { failed }: CancelReport): number {
  const { error: paintError } = createPalette(stderr.colour);
  for (const { job, error } of failed) stderr.stream.write(`${paintError('error:')} failed to cancel job '${job}': ${error}\n`);
  return failed.length > 0 ? 1 : 0;
}
