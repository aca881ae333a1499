import { findByLongPrefix, followLog, isActive, pickOnlyJob, readLog, resolveAddress } from '../../jobs';
import type { HistoryInvocation, JobRow } from '../../jobs';
import { dropNotices, outputLogPath } from '../../logstore';
import { createPalette } from '../../output';
import { describeAddressFailure, endingLine, invocationHeader, jobHeading, logHeader, lostText, Tamer } from '../../output/jobs';
import { showLongText } from '../command-pager';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { openJobs, refusal } from './hooks-jobs-open';
import type { JobsOfRepository } from './hooks-jobs-open';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const token = parsed.argument('address') ?? '';
  const inv = parsed.text('inv');
  const jobs = await openJobs(context);
  const { history, here } = jobs;
  const resolution = resolveAddress(token, { history, here, inv });
  switch (resolution.kind) {
    case 'job':
      if (parsed.flag('follow')) return follow(context, jobs, resolution);
      await showLongText(context, () => textOfJob(context, jobs, resolution));
      dropNoticeOf(jobs, resolution);
      return 0;
    case 'failed': {
      const whole = inv === undefined ? findByLongPrefix(token, history) : undefined;
      if (whole === undefined) throw refusal(describeAddressFailure(resolution.failure, context.now()));
      if (parsed.flag('follow')) {
        const only = pickOnlyJob(whole, history); // one log can be followed, several would run into each other
        if (only.kind === 'failed') throw refusal(describeAddressFailure(only.failure, context.now()));
        return follow(context, jobs, only);
      }
      await showLongText(context, () => textOfInvocation(context, jobs, whole));
      dropNotices(jobs.store, ({ id }) => id === whole.invocation.id);
      return 0;
    }
  }
}

interface ResolvedJob {
  invocation: HistoryInvocation;
  job: JobRow;
}

/** What was seen here need not be told by a later command. */
function dropNoticeOf({ store }: JobsOfRepository, { invocation, job }: ResolvedJob): void {
  dropNotices(store, ({ id, dir }) => id === invocation.invocation.id && dir === job.dir);
}

type Pieces = Generator<string | Uint8Array>;

function* textOfJob(context: CommandContext, { store }: JobsOfRepository, { invocation, job }: ResolvedJob): Pieces {
  const path = outputLogPath(store, invocation.invocation.id, job.dir);
  yield lines(...logHeader(invocation, job, look(context)), '');
  if (job.sizeBytes === null) {
    yield '(no output log)\n';
    return;
  }
  yield '--- output ---\n';
  yield* textOfLog(context, path);
  yield lines('', `Full log: ${path}`);
}

function* textOfInvocation(context: CommandContext, { store }: JobsOfRepository, invocation: HistoryInvocation): Pieces {
  yield lines(...invocationHeader(invocation, context.now()), '');
  for (const job of invocation.jobs) {
    yield lines(jobHeading(job, look(context)));
    if (job.sizeBytes === null) yield '(no output log)\n';
    else if (job.sizeBytes === 0) yield '(empty)\n';
    else yield* textOfLog(context, outputLogPath(store, invocation.invocation.id, job.dir));
    yield '\n';
  }
}

/** The bytes of the log or, on a terminal, what of them is harmless; ended by a newline. */
function* textOfLog({ stdout }: CommandContext, path: string): Pieces {
  const pieces = readLog(path);
  const tamer = stdout.isTTY ? new Tamer() : undefined;
  const end = yield* tamer === undefined ? pieces : tame(pieces, tamer);
  if (end === 'open-line') yield '\n';
}

function* tame<End>(pieces: Generator<Buffer, End>, tamer: Tamer): Generator<Buffer, End> {
  let next = pieces.next();
  for (; next.done !== true; next = pieces.next()) yield tamer.tame(next.value);
  yield tamer.end();
  return next.value;
}

async function follow(context: CommandContext, jobs: JobsOfRepository, { invocation, job }: ResolvedJob): Promise<number> {
  const { stdout, stderr } = context;
  const tamer = stdout.isTTY ? new Tamer() : undefined;
  const write = async (text: string | Uint8Array): Promise<void> =>
    new Promise((resolve) => {
      stdout.stream.write(text, () => resolve());
    });
  let openLine = false;
  await write(lines(...logHeader(invocation, job, look(context)), '', '--- output ---'));
  const ended = await followLog(
    { id: invocation.invocation.id, dir: job.dir },
    {
      ...jobs.mending,
      coordinatorLive: jobs.coordinatorLive,
      signal: stdout.readerGone,
      write: async (chunk) => {
        openLine = chunk.at(-1) !== newline;
        await write(tamer?.tame(chunk) ?? chunk);
      },
    },
  );
  // Nobody reads any more: there is nothing to report, and the job goes on by itself.
  if (stdout.readerGone.aborted) return 0;
  if (tamer !== undefined) await write(tamer.end());
  if (openLine) await write('\n');
  if (ended === undefined) {
    const { warning } = createPalette(stderr.colour);
    stderr.stream.write(`${warning('warning:')} ${lostText(job.name)}\n`);
    return 1;
  }
  if (isActive(ended)) return 1;
  dropNoticeOf(jobs, { invocation, job });
  await write(lines('', endingLine(ended, createPalette(stdout.colour))));
  return ended.status === 'completed' ? 0 : 1;
}

const newline = '\n'.charCodeAt(0);

function look({ now, stdout }: CommandContext): { now: Date; paint: ReturnType<typeof createPalette> } {
  return { now: now(), paint: createPalette(stdout.colour) };
}

function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
