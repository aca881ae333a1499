import { jobDirPath, outputLogPath, type InvocationId, type JobMarks, type Store } from '../../logstore';
import { inspectJobGroup, type JobGroup } from '../../process';

/** What is known of the process group of a job without final record. */
export interface KnownGroup {
  dir: string;
  pgid: number;
  /** Start token of its leader, where recorded. */
  start: string | null;
  env: Readonly<Record<string, string>>;
  startedAt: Date;
  marks: JobMarks;
}

/** Looks at the process group that a job left on disk. */
export function inspectGroupOf(store: Store, id: InvocationId, { dir, pgid, start, env, startedAt, marks }: KnownGroup): JobGroup {
  return inspectJobGroup(pgid, {
    start,
    jobDir: jobDirPath(store, id, dir),
    markedAt: marks.pidMarkedAt,
    traces: { log: outputLogPath(store, id, dir), env, startedAt, leaderGoneAt: marks.exit?.at ?? null },
  });
}
