import { watch as watchFiles, type FSWatcher } from 'node:fs';
import { fault } from '../fault';
import type { Ending } from '../hooks/schedule';
import {
  examine,
  examinerOf,
  failureOf,
  failureOfNotRun,
  finishNotRun,
  inspectGroupOf,
  outputAfter,
  recordOfEnd,
  recordOfPlanned,
  type ExaminedJob,
  type NotRun,
  type Verdict,
} from '../jobs/reconcile';
import { jobDirPath, noteAdopter, readMarks, writeRunningRecord, type JobRecord, type PlannedJob } from '../logstore';
import { ageMs, startToken } from '../process';
import { recordAndTell, type JobEnd } from './final-record';
import { Ladder, type StopReason } from './ladder';
import { holdToLimits, tryToNote } from './limits';
import { endingOf, endingOfNotRun, outcomeOfStop } from './outcome';
import type { Fire, LiveJob, Surroundings } from './surroundings';

export type WatchedEnd =
  /** `unrecorded` where the disk refused it. */
  | { kind: 'ended'; ending: Ending; unrecorded?: JobEnd }
  /** Nobody has it any more: it waits again. */
  | { kind: 'pending' };

type ActiveJob = Extract<ExaminedJob, { kind: 'active' }>;
type EndVerdict = Extract<Verdict, { kind: 'end' }>;

interface Adopted {
  pgid: number;
  /** Undefined where its leader was gone already, and only members live. */
  token: string | undefined;
  env: Readonly<Record<string, string>>;
  ladder: Ladder;
  /** The ladder was walked to its bottom: what lives now cannot be killed. */
  walked: boolean;
  startedAt: Date;
  limits: Disposable | undefined;
}

interface Watched {
  name: string;
  dir: string;
  adopted: Adopted | undefined;
  /** A living coordinator had it when we last looked. */
  foreign: boolean;
  files: FSWatcher | undefined;
  ended: (end: WatchedEnd) => void;
}

/** The kernel tells of an `exit` mark at once; what it cannot tell (a group killed from outside) is found by looking. */
const lookEveryMs = 1_000;
/** Marks and records come in groups; one look sees them all. */
const settleMs = 10;

/**
 * The jobs of one fire that run without being our children: survivors of a dead coordinator, and jobs of another living
 * one. Judges them by what is on disk and takes on those that nobody answers for.
 */
export class Watch {
  readonly #surroundings: Surroundings;
  readonly #fire: Fire;
  readonly #jobs = new Map<string, Watched>();
  #nextLook: NodeJS.Timeout | undefined;
  #nextLookAt = Infinity;

  constructor(surroundings: Surroundings, fire: Fire) {
    this.#surroundings = surroundings;
    this.#fire = fire;
  }

  /** `ended` is called once, never before this returns. */
  add(name: string, dir: string, ended: (end: WatchedEnd) => void): LiveJob {
    const watched: Watched = { name, dir, adopted: undefined, foreign: false, files: this.#watchFiles(dir), ended };
    this.#jobs.set(name, watched);
    this.#lookWithin(0);
    return {
      cancel: ({ kill }) => this.#cancel(watched, kill),
      get runningSince() {
        return watched.adopted?.startedAt;
      },
    };
  }

  /** Drops the jobs of another living coordinator: their end is his. */
  forgetForeign(): void {
    this.#tryToLook();
    this.#forget(({ foreign }) => foreign);
  }

  /** Drops what nobody can be said to have: whoever comes next judges by the marks. */
  forgetUnadopted(): void {
    this.#forget(({ adopted }) => adopted === undefined);
  }

  #forget(isMeant: (watched: Watched) => boolean): void {
    for (const watched of this.#jobs.values()) if (isMeant(watched)) this.#end(watched, { kind: 'ended', ending: 'cancelled' });
  }

  /** Stops looking. What runs goes on. */
  close(): void {
    clearTimeout(this.#nextLook);
    for (const watched of this.#jobs.values()) release(watched);
    this.#jobs.clear();
  }

  #watchFiles(dir: string): FSWatcher | undefined {
    const { store, log } = this.#surroundings;
    try {
      const files = watchFiles(jobDirPath(store, this.#fire.invocation.id, dir), () => this.#lookWithin(settleMs));
      files.on('error', () => files.close()); // the directory has gone: the next look finds out
      return files;
    } catch (error) {
      log.debug({ err: error, dir }, 'no notices about files'); // out of watches: looking once a second must do
      return undefined;
    }
  }

  #lookWithin(ms: number): void {
    const at = performance.now() + ms;
    if (at >= this.#nextLookAt) return;
    clearTimeout(this.#nextLook);
    this.#nextLookAt = at;
    this.#nextLook = setTimeout(() => {
      this.#nextLookAt = Infinity;
      this.#tryToLook();
      if (this.#jobs.size > 0) this.#lookWithin(lookEveryMs);
    }, ms);
  }

  #tryToLook(): void {
    try {
      this.#look();
    } catch (error) {
      this.#surroundings.log.error({ err: error, invocation: this.#fire.invocation.id }, 'watched jobs cannot be read');
    }
  }

  #look(): void {
    const { store, self, now, log } = this.#surroundings;
    const examiner = { ...examinerOf(store, { now: now(), coordinatorLive: false, tellBadPolicy: () => {} }), self };
    const examined = examine(store, this.#fire.invocation.id, examiner);
    const byDir = new Map(examined === 'gone' ? [] : examined.jobs.map((job) => [job.dir, job]));
    for (const watched of this.#jobs.values()) {
      try {
        this.#lookAt(watched, byDir.get(watched.dir));
      } catch (error) {
        log.error({ err: error, job: watched.name }, 'watched job given up');
        this.#end(watched, { kind: 'ended', ending: 'failed' });
      }
    }
  }

  #lookAt(watched: Watched, job: ExaminedJob | undefined): void {
    if (job === undefined) return this.#end(watched, { kind: 'ended', ending: 'failed' }); // its record was removed under it
    if (job.kind === 'ended') return this.#end(watched, { kind: 'ended', ending: endingOf(job.record) });
    const { verdict } = job;
    watched.foreign = verdict.kind === 'leave';
    switch (verdict.kind) {
      case 'leave':
        return this.#leaveToOther(watched);
      case 'stale':
      case 'claimed':
        return;
      case 'pending':
        return this.#end(watched, { kind: 'pending' });
      case 'adopt':
        if (watched.adopted === undefined) this.#adopt(watched, job, verdict.pgid);
        else if (watched.adopted.walked) this.#record(watched, job, endedAt(this.#surroundings.now()));
        return;
      case 'not-run':
        if (job.planned !== undefined) this.#finishNotRun(watched, job.planned, verdict.why);
        return;
      case 'end':
        // Of a group that has to go, the end of its leader is not the end.
        if (watched.adopted?.ladder.because === undefined || watched.adopted.walked) this.#record(watched, job, verdict);
    }
  }

  #adopt(watched: Watched, job: ActiveJob, pgid: number): void {
    const { self, now, log } = this.#surroundings;
    const { invocation } = this.#fire;
    const { record, planned, marks } = job;
    const startedAt = record?.startedAt ?? marks.startedAt ?? now();
    const env = (record ?? planned)?.env ?? {};
    const ladder = new Ladder(pgid, (excess) => tryToNote(this.#surroundings, this.#fire, watched.dir, excess));
    const adopted: Adopted = { pgid, token: startToken(pgid), env, ladder, walked: false, startedAt, limits: undefined };
    watched.adopted = adopted;
    this.#signFor(watched, { record, unrecorded: planned && { ...recordOfPlanned(invocation, planned, startedAt), pid: pgid, pidStart: adopted.token ?? null, owner: self } });
    if (DAFT_FAULTS) fault('job: adopted');
    log.info({ job: watched.name, invocation: invocation.id, group: pgid }, 'adopted');
    const limited = { dir: watched.dir, timeoutSecs: (record ?? planned)?.timeoutSecs ?? null, ranMs: ageMs(pgid) ?? Math.max(0, now().getTime() - startedAt.getTime()) };
    adopted.limits = holdToLimits(this.#surroundings, this.#fire, limited, (because) => this.#descend(watched, adopted, { because, kill: false }));
    const because: StopReason | null = marks.cancelRequested ? { kind: 'cancel' } : marks.excess;
    if (because !== null) this.#descend(watched, adopted, { because, kill: false }); // somebody died on the ladder
  }

  /** Writes down that we answer for a job now, so that nobody else judges it. Where that cannot be written it goes on all the same. */
  #signFor({ name, dir }: Watched, { record, unrecorded }: { record: JobRecord | undefined; unrecorded: JobRecord | undefined }): void {
    const { store, self, log } = this.#surroundings;
    const { invocation } = this.#fire;
    try {
      if (record === undefined && unrecorded !== undefined) writeRunningRecord(store, invocation, dir, unrecorded);
      else noteAdopter(store, invocation.id, dir, self);
    } catch (error) {
      log.warn({ err: error, job: name }, 'adoption could not be recorded');
    }
  }

  /**
   * Its coordinator lives and had yet to record it, or another one has adopted it in the same moment, and was later. Unless
   * we have told it to end already: then we see to it.
   */
  #leaveToOther(watched: Watched): void {
    const { adopted } = watched;
    if (adopted === undefined) return;
    if (adopted.ladder.because !== undefined) {
      watched.foreign = false;
      return;
    }
    adopted.limits?.[Symbol.dispose]();
    watched.adopted = undefined;
    this.#surroundings.log.info({ job: watched.name, invocation: this.#fire.invocation.id }, 'left to another');
  }

  #cancel(watched: Watched, kill: boolean): 'told' | 'not-ours' {
    // Not adopted: the canceller sees to it himself. Should we come to adopt it, its mark tells us.
    if (watched.adopted === undefined) return 'not-ours';
    this.#descend(watched, watched.adopted, { because: { kind: 'cancel' }, kill });
    return 'told';
  }

  /** Signals the group only if it still is the one that was adopted: it is not ours to reap, and its number may be used again. */
  #descend(watched: Watched, adopted: Adopted, { because, kill }: { because: StopReason; kill: boolean }): void {
    const walking = adopted.ladder.because !== undefined;
    if (walking || this.#mayBeSignalled(watched, adopted)) adopted.ladder.descend(because, { kill });
    void adopted.ladder.bottom().then(() => {
      adopted.walked = true;
      if (this.#jobs.get(watched.name) === watched) this.#lookWithin(0);
      return undefined;
    }); // terminateGroup tells its failures by value
  }

  #mayBeSignalled({ dir }: Watched, { pgid, token, env, startedAt }: Adopted): boolean {
    const { store } = this.#surroundings;
    const { id } = this.#fire.invocation;
    const group = inspectGroupOf(store, id, { dir, pgid, start: token ?? null, env, startedAt, marks: readMarks(store, id, dir) });
    return group === 'its-own' || group === 'bereft';
  }

  #record(watched: Watched, job: ActiveJob, found: EndVerdict): void {
    const { invocation } = this.#fire;
    const { end, error } = withReason(found, watched.adopted);
    const record = recordOfEnd(invocation, job, end);
    if (record === undefined) return this.#end(watched, { kind: 'ended', ending: 'failed' });
    const output = error === undefined ? outputAfter(record) : { appendLine: error };
    const jobEnd: JobEnd = { dir: watched.dir, record, output };
    const recorded = recordAndTell(this.#surroundings, this.#fire, jobEnd, failureOf(watched.dir, record, error));
    if (recorded === 'already-ended') {
      this.#lookWithin(0); // what we saw was half of it
      return;
    }
    this.#end(watched, { kind: 'ended', ending: endingOf(record), ...(recorded === 'failed' && { unrecorded: jobEnd }) });
  }

  #finishNotRun(watched: Watched, planned: PlannedJob, why: NotRun): void {
    const { store, now } = this.#surroundings;
    const { invocation, notice } = this.#fire;
    finishNotRun(store, invocation, planned, why, now());
    const failure = failureOfNotRun(planned, why);
    if (failure !== undefined) notice.failed(failure);
    this.#end(watched, { kind: 'ended', ending: endingOfNotRun(why) });
  }

  #end(watched: Watched, end: WatchedEnd): void {
    if (this.#jobs.get(watched.name) !== watched) return;
    this.#jobs.delete(watched.name);
    release(watched);
    watched.ended(end);
  }
}

/** An end that was brought about is told by its reason, not by the exit code it happened to give. */
function withReason(end: EndVerdict, adopted: Adopted | undefined): { end: EndVerdict; error?: string } {
  const because = adopted?.ladder.because ?? end.excess;
  if (because === undefined || end.status === 'cancelled') return { end };
  const { status, exitCode, error } = outcomeOfStop(because);
  return { end: { ...end, status, exitCode }, ...(error === undefined ? {} : { error }) };
}

function endedAt(finishedAt: Date): EndVerdict {
  return { kind: 'end', status: 'crashed', exitCode: null, finishedAt };
}

function release({ files, adopted }: Watched): void {
  files?.close();
  adopted?.limits?.[Symbol.dispose]();
}
