import { readDirectories } from '../../config';
import { hasOtherHistory, listInvocations, readLogTail } from '../../jobs';
import type { HistoryInvocation, JobRow } from '../../jobs';
import { dropNotices, outputLogPath } from '../../logstore';
import type { JobStatus, Store } from '../../logstore';
import { createPalette, type Palette } from '../../output';
import { excerptOf, lastCleanupLines, listingColumns, listingRows, renderTimeline } from '../../output/jobs';
import type { CommandContext, Terminal } from '../context';
import type { ParsedArguments } from '../spec';
import type { RequestedOutput } from '../structured-output';
import { openJobsIfAny } from './hooks-jobs-open';
import { failedStatuses, listedStatuses } from './hooks-jobs-options';
import type { JobsPlace } from './hooks-jobs-place';

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
  if (listed.length === 0) {
    stdout.stream.write('No background job history found.\n');
    if (!all && jobs !== undefined && hasOtherHistory(jobs.history, worktree)) stdout.stream.write('Use --all to see the jobs of other worktrees.\n');
    return 0;
  }
  const excerpts = jobs !== undefined && (parsed.flag('failed') || last !== undefined) ? excerptsOf(jobs.store, listed, stdout) : undefined;
  const paint = createPalette(stdout.colour);
  const lines = renderTimeline(listed, { current: jobs?.here, now: now(), paint, excerpts });
  if (all) lines.push(...(await footer(context, paint)));
  stdout.stream.write(`${lines.join('\n')}\n`);
  if (jobs !== undefined) {
    const seen = new Set(listed.map(({ invocation }) => invocation.id));
    dropNotices(jobs.store, ({ id }) => seen.has(id));
  }
  return 0;
}

function chosenStatuses(parsed: ParsedArguments): readonly JobStatus[] | undefined {
  if (parsed.flag('failed')) return failedStatuses;
  const status = listedStatuses.find((listed) => listed === parsed.text('status'));
  return status && [status];
}

/** How the failed jobs ended. */
function excerptsOf(store: Store, listed: readonly HistoryInvocation[], { columns }: Terminal): ReadonlyMap<JobRow, readonly string[]> {
  const excerpts = new Map<JobRow, readonly string[]>();
  for (const { invocation, jobs } of listed) {
    for (const job of jobs) {
      if (job.status !== 'failed') continue;
      const tail = readLogTail(outputLogPath(store, invocation.id, job.dir), { maxBytes: excerptBytes });
      if (tail !== undefined) excerpts.set(job, excerptOf(tail, { lines: excerptLines, columns }));
    }
  }
  return excerpts;
}

async function footer({ env, now }: CommandContext, paint: Palette): Promise<string[]> {
  const { readLastCleanup } = await import('../../cleanup/last-cleanup');
  return lastCleanupLines(readLastCleanup(readDirectories(env).config), { now: now(), paint });
}
