import { hasOtherHistory, listInvocations } from '../../jobs';
import { createPalette } from '../../output';
import { listingColumns, listingRows, renderTimeline } from '../../output/jobs';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import type { RequestedOutput } from '../structured-output';
import { openJobsIfAny } from './hooks-jobs-open';
import { listedStatuses } from './hooks-jobs-options';
import type { JobsPlace } from './hooks-jobs-place';

/** What `hooks jobs` shows of a repository. */
export async function showListing(
  place: JobsPlace,
  { context, parsed, structured }: { context: CommandContext; parsed: ParsedArguments; structured: RequestedOutput | undefined },
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
          status: listedStatuses.find((status) => status === parsed.text('status')),
          hook: parsed.text('hook'),
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
  const lines = renderTimeline(listed, { current: jobs?.here, now: now(), paint: createPalette(stdout.colour) });
  stdout.stream.write(`${lines.join('\n')}\n`);
  return 0;
}
