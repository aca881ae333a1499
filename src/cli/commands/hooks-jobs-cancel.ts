import { parseDuration } from '../../config';
import { DaftError } from '../../daft-error';
import {
  cancelJobs,
  findSurvivors,
  isActive,
  readActiveJobs,
  resolveAddress,
  resolveInvocation,
  selectForCancel,
  stopSurvivors,
  survivorsOf,
} from '../../jobs';
import type { ActiveJob, CancelFilter, CancelReport, CancelScope, HistoryInvocation, Survivors } from '../../jobs';
import { createPalette } from '../../output';
import { describeAddressFailure, printable } from '../../output/jobs';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { invalidValue, UsageError } from '../usage-error';
import { openJobs, refusal } from './hooks-jobs-open';
import type { JobsOfRepository } from './hooks-jobs-open';
import { olderThanOption } from './hooks-jobs-options';

/** What the command line asks for, beside the address of one job. */
interface Wish {
  inv: string | undefined;
  worktree: string | undefined;
  hook: string | undefined;
  olderThanSecs: number | undefined;
  kill: boolean;
}

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const token = parsed.argument('address');
  const wish: Wish = {
    inv: parsed.text('inv'),
    worktree: parsed.text('worktree'),
    hook: parsed.text('hook'),
    olderThanSecs: readOlderThan(parsed.text('older-than')),
    kill: parsed.flag('kill'),
  };
  const selective = [wish.inv, wish.worktree, wish.hook, wish.olderThanSecs].some((part) => part !== undefined);
  if (token === undefined && !selective && !parsed.flag('all')) throw new UsageError('cancel requires a job address, --all or --inv');
  const jobs = await openJobs(context);
  if (token !== undefined) return cancelOne(context, jobs, { ...wish, token });
  return selective ? cancelMatching(context, jobs, wish) : cancelAll(context, jobs, wish);
}

function readOlderThan(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const parsed = parseDuration(text);
  if (parsed.kind === 'invalid') throw invalidValue(olderThanOption, text, parsed.message);
  return parsed.value;
}

async function cancelOne(context: CommandContext, jobs: JobsOfRepository, { token, inv, kill }: Wish & { token: string }): Promise<number> {
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
    throw new DaftError(`Job not found or not running: ${printable(job.name)}`);
  }
  const report = await cancel(context, jobs, { active: active === undefined ? [] : [active], survivors, scope: { kind: 'job' }, kill });
  if (report.ended.length > 0) throw new DaftError(`Job not found or not running: ${printable(job.name)}`);
  if (report.cancelled.length > 0) context.stdout.stream.write(`Cancelled job: ${printable(job.name)}\n`);
  return tellFailures(context, report);
}

async function cancelMatching(context: CommandContext, jobs: JobsOfRepository, { inv, kill, worktree, hook, olderThanSecs }: Wish): Promise<number> {
  const { store, history, coordinatorLive } = jobs;
  const now = context.now();
  const invocation = inv === undefined ? undefined : findInvocation(jobs, inv, now);
  const id = invocation?.invocation.id;
  const filter: CancelFilter = { invocation: id, worktree, hook, olderThanSecs };
  const survivors = invocation === undefined ? findSurvivors(store, history, { worktree, now }) : survivorsOf(store, invocation, invocation.jobs);
  const report = await cancel(context, jobs, {
    active: selectForCancel(readActiveJobs(store, { coordinatorLive, invocation: id }), filter, now),
    survivors: selectForCancel(survivors, filter, now),
    scope: { kind: 'matching', filter },
    kill,
  });
  const { cancelled } = report;
  if (cancelled.length > 0) context.stdout.stream.write(`Cancelled ${cancelled.length} job(s): ${cancelled.map(printable).join(', ')}\n`);
  else if (report.failed.length === 0) context.stdout.stream.write('No active jobs matched the filter.\n');
  return tellFailures(context, report);
}

function findInvocation({ history }: JobsOfRepository, prefix: string, now: Date): HistoryInvocation {
  const resolution = resolveInvocation(prefix, { history });
  if (resolution.kind === 'failed') throw refusal(describeAddressFailure(resolution.failure, now));
  return resolution.invocation;
}

async function cancelAll(context: CommandContext, jobs: JobsOfRepository, { kill }: Wish): Promise<number> {
  const { store, history, coordinatorLive } = jobs;
  const active = readActiveJobs(store, { coordinatorLive });
  const survivors = findSurvivors(store, history, { now: context.now() });
  if (active.length + survivors.length === 0 && !coordinatorLive) {
    context.stdout.stream.write('No coordinator running for this repository.\n');
    return 0;
  }
  const report = await cancel(context, jobs, { active, survivors, scope: { kind: 'matching', filter: {} }, kill });
  context.stdout.stream.write(`Cancelled ${report.cancelled.length} job(s)\n`);
  return tellFailures(context, report);
}

/** Cancels what is active, and stops what survived jobs that were killed from outside. */
async function cancel(
  { now }: CommandContext,
  { store }: JobsOfRepository,
  { active, survivors, scope, kill }: { active: readonly ActiveJob[]; survivors: readonly Survivors[]; scope: CancelScope; kill: boolean },
): Promise<CancelReport> {
  const [cancelled, stopped] = await Promise.all([cancelJobs(store, active, { scope, kill, now }), stopSurvivors(survivors, { kill })]);
  return {
    cancelled: [...cancelled.cancelled, ...stopped.cancelled],
    ended: cancelled.ended,
    failed: [...cancelled.failed, ...stopped.failed],
  };
}

function tellFailures({ stderr }: CommandContext, { failed }: CancelReport): number {
  const { error: paintError } = createPalette(stderr.colour);
  for (const { job, error } of failed) stderr.stream.write(`${paintError('error:')} failed to cancel job '${printable(job)}': ${error}\n`);
  return failed.length > 0 ? 1 : 0;
}
