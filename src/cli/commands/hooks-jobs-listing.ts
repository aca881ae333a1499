import { readDirectories } from '../../config';
import { hasOtherHistory, listInvocations, readLogTail } from '../../jobs';
import type { HistoryInvocation, JobRow } from '../../jobs';
import { dropNotices, outputLogPath } from '../../logstore';
import type { JobStatus, Store } from '../../logstore';
import { createPalette, linesInPieces, type Palette, writeAll } from '../../output';
import { excerptOf, lastCleanupLines, layOutTimeline, listingColumns, listingRows } from '../../output/jobs';
import { keepHeapSmall } from '../../process';
import type { CommandContext, Terminal } from '../context';
import type { ParsedArguments } from '../spec';
import type { RequestedOutput } from '../structured-output';
import { openJobsIfAny } from './hooks-jobs-open';
import { failedStatuses, listedStatuses } from './hooks-jobs-options';
import type { JobsPlace } from './hooks-jobs-place';

/** So many invocations are shown without a thought of memory. */
const few = 500;
const excerptLines = 3;
/** Enough for three lines of nearly everybody. */
const excerptBytes = 8 * 1024;

/** What `hooks jobs` shows of a repository. */
export async function showListing(
  place: JobsPlace,
  { context, parsed, structured, last }: { context: CommandContext; parsed: ParsedArguments; structured: RequestedOutput | undefined; last: number | undefined },
): Promise<number> {
  const { now, stdout } = context;
  const all = parsed.flag('all');
  const jobs = await openJobsIfAny(place, context);
  const worktree = parsed.text('worktree') ?? jobs?.here;
  const listed =
    jobs === undefined || (worktree === undefined && !all)
      ? []
      : listInvocations(jobs.history, {
          worktree: all ? undefined : worktree,
          statuses: chosenStatuses(parsed),
          hook: parsed.text('hook'),
          last,
        });

  if (structured !== undefined) {
    await structured.print({ shape: 'tabular', columns: listingColumns, rows: listingRows(listed, now()) });
    return 0;
  }
  const excerpts = jobs !== undefined && (parsed.flag('failed') || last !== undefined) ? excerptsOf(jobs.store, stdout) : undefined;
  const seen = new Set<string>();
  using timeline = layOutTimeline(noting(seen, listed), { now: now(), excerptOf: excerpts });
  if (timeline.isEmpty) {
    stdout.stream.write('No background job history found.\n');
    if (!all && jobs !== undefined && hasOtherHistory(jobs.history, worktree)) stdout.stream.write('Use --all to see the jobs of other worktrees.\n');
    return 0;
  }
  const paint = createPalette(stdout.colour);
  using _ = seen.size > few ? keepHeapSmall() : undefined;
  const more = all ? await footer(context, paint) : [];
  await writeAll(() => linesInPieces(timeline.lines({ current: jobs?.here, now: now(), paint }), more), stdout);
  if (jobs !== undefined) dropNotices(jobs.store, ({ id }) => seen.has(id));
  return 0;
}

function chosenStatuses(parsed: ParsedArguments): readonly JobStatus[] | undefined {
  if (parsed.flag('failed')) return failedStatuses;
  const status = listedStatuses.find((listed) => listed === parsed.text('status'));
  return status && [status];
}

function* noting(seen: Set<string>, listed: Iterable<HistoryInvocation>): Generator<HistoryInvocation> {
  for (const entry of listed) {
    seen.add(entry.invocation.id);
    yield entry;
  }
}

/** How a failed job ended. */
function excerptsOf(store: Store, { columns }: Terminal): (entry: HistoryInvocation, job: JobRow) => readonly string[] | undefined {
  return ({ invocation }, job) => {
    if (job.status !== 'failed') return undefined;
    const tail = readLogTail(outputLogPath(store, invocation.id, job.dir), { maxBytes: excerptBytes });
    return tail && excerptOf(tail, { lines: excerptLines, columns });
  };
}

async function footer({ env, now }: CommandContext, paint: Palette): Promise<string[]> {
  const { readLastCleanup } = await import('../../cleanup/last-cleanup');
  return lastCleanupLines(readLastCleanup(readDirectories(env).config), { now: now(), paint });
}
