/** Words for log maintenance (jobs.md 8.6, 11.4). */
import type { CleanupReport, LastCleanup, Removal } from '../../cleanup';
import type { RepoId } from '../../logstore';
import type { Palette } from '../colour';
import { printable } from '../printable';
import { formatAge, formatSize } from './format';

type Counted = Pick<CleanupReport, 'removedJobs' | 'removedInvocations' | 'freedBytes' | 'truncatedLogs'>;

/** What a clean-up of one repository, or of all, has done. */
export function cleanupLine(report: Counted, { all }: { all: boolean }): string {
  const { removedJobs, removedInvocations, freedBytes, truncatedLogs } = report;
  const truncated = truncatedLogs === 0 ? '' : `, truncated ${truncatedLogs} log(s)`;
  if (removedJobs > 0) {
    const removed = all
      ? `Removed ${removedJobs} job(s) across ${removedInvocations} invocation(s), freed ${formatSize(freedBytes)} across all repos`
      : `Removed ${removedJobs} job(s) (${formatSize(freedBytes)} freed)`;
    return `${removed}${truncated}.`;
  }
  if (removedInvocations > 0) return `Removed ${removedInvocations} empty invocation(s)${truncated}.`;
  return truncatedLogs > 0 ? `Truncated ${truncatedLogs} log(s).` : 'No old logs to clean.';
}

/** What is to go of one repository. */
export interface Forecast {
  repoId: RepoId;
  removals: readonly Removal[];
  /** Bytes of all of them. */
  bytes: number;
}

/** What a clean-up would do. */
export function* forecastLines(forecasts: readonly Forecast[], { all }: { all: boolean }): Generator<string> {
  const removals = forecasts.flatMap(({ removals: ofOne }) => ofOne);
  if (removals.length === 0) {
    yield 'No candidates for removal.';
    return;
  }
  const jobs = removals.reduce((sum, removal) => sum + removal.jobs.length, 0);
  const invocations = removals.filter(({ whole }) => whole).length;
  const bytes = forecasts.reduce((sum, forecast) => sum + forecast.bytes, 0);
  yield `Would remove ${jobs} job(s) across ${invocations} invocation(s) (${formatSize(bytes)} would be freed):`;
  for (const { repoId, removals: ofOne } of forecasts) {
    for (const removal of ofOne) yield* removalLines(removal, all ? `${repoId.slice(0, 8)}/` : '');
  }
}

function removalLines({ invocation, jobs }: Removal, prefix: string): string[] {
  const start = `  ${prefix}${printable(invocation.worktree)}  [${invocation.id.slice(0, 4)}]  `;
  return jobs.length === 0 ? [`${start}(no jobs)`] : jobs.map(({ name }) => `${start}${printable(name)}`);
}

/** The foot of a listing of all worktrees. */
export function lastCleanupLines(last: LastCleanup | undefined, { now, paint }: { now: Date; paint: Palette }): string[] {
  if (last?.summary == null) return [];
  const { removedJobs, freedBytes } = last.summary;
  return [paint.dim(`Last log cleanup ${formatAge(last.cleanedAt, now)} ago: removed ${removedJobs} job log(s) (${formatSize(freedBytes)} freed)`), ''];
}
