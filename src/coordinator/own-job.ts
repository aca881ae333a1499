import { fault } from '../fault';
import { isErrno } from '../fs';
import type { Ending } from '../hooks/schedule';
import { failureOf, failureOfNotRun, outputAfter, recordNotRun, recordOfPlanned, type Failure, type NotRun } from '../jobs/reconcile';
import {
  ensureJobDir,
  hasPlanEnv,
  jobDirPath,
  noteAdopter,
  readMarks,
  readPlanEnv,
  writeRunningRecord,
  type JobRecord,
  type Plan,
  type PlannedJob,
} from '../logstore';
import { spawnWrapper, startToken, type RunningWrapper } from '../process';
import { recordAndTell, type JobEnd } from './final-record';
import { Ladder } from './ladder';
import { holdToLimits, tryToNote } from './limits';
import { endingOf, outcomeOf } from './outcome';
import type { Fire, LiveJob, Surroundings } from './surroundings';

export type OwnEnd =
  /** `unrecorded` where the disk refused it. */
  | { kind: 'ended'; ending: Ending; unrecorded?: JobEnd }
  /** Somebody else holds the claim, or has recorded the end: what he says is what counts. */
  | { kind: 'not-ours' }
  /** The plan was removed meanwhile: nothing runs, nothing is recorded. */
  | { kind: 'gone' };

/** A job that is started here: claim, run, record, in this order (jobs.md 6.4). */
export class OwnJob implements LiveJob {
  readonly #surroundings: Surroundings;
  readonly #fire: Fire & { plan: Plan };
  readonly #planned: PlannedJob;
  #ladder: Ladder | undefined;
  #cancelled: { kill: boolean } | undefined;
  #runningSince: Date | undefined;

  constructor(surroundings: Surroundings, fire: Fire & { plan: Plan }, planned: PlannedJob) {
    this.#surroundings = surroundings;
    this.#fire = fire;
    this.#planned = planned;
  }

  get runningSince(): Date | undefined {
    return this.#runningSince;
  }

  cancel({ kill }: { kill: boolean }): 'told' {
    this.#cancelled = { kill: kill || this.#cancelled?.kill === true };
    this.#ladder?.descend({ kind: 'cancel' }, { kill });
    return 'told';
  }

  /** Runs the job to its end. Throws only for what the disk refuses before its start. */
  async run(): Promise<OwnEnd> {
    const { store, now } = this.#surroundings;
    const { invocation, plan } = this.#fire;
    const { jobDir, command, workingDir, env } = this.#planned;
    const marks = readMarks(store, invocation.id, jobDir);
    if (marks.startedAt !== null) return { kind: 'not-ours' };
    if (marks.cancelRequested) {
      const recorded = recordNotRun(store, invocation, this.#planned, { kind: 'cancelled' }, now());
      return recorded === 'recorded' ? { kind: 'ended', ending: 'cancelled' } : { kind: 'not-ours' };
    }
    // Read anew for each job: where it is gone, so is the plan, and making the job directory would bring a ghost to life.
    const inherited = readPlanEnv(store, invocation.id);
    if (inherited === undefined) return hasPlanEnv(store, invocation.id) ? this.#couldNotStart('the environment of its plan cannot be read') : { kind: 'gone' };

    ensureJobDir(store, invocation, jobDir);
    if (DAFT_FAULTS) fault('job: about to start');
    const startedAt = now();
    const spawned = await spawnWrapper({
      jobDir: jobDirPath(store, invocation.id, jobDir),
      command,
      workingDir,
      env: { ...inherited, DAFT_IS_COORDINATOR: '1', ...env },
      umask: plan.umask,
      fdLimit: plan.fdLimit,
    });
    if (DAFT_FAULTS) fault('job: spawned');
    if (spawned.kind === 'failed') {
      if (isErrno(spawned.error.cause, 'ENOSPC', 'EDQUOT')) throw spawned.error; // not the job's fault, and for its record there may be room again
      return this.#couldNotStart(spawned.error.message);
    }
    if ((await spawned.job.claim) === 'lost') return this.#explainLostClaim(spawned.job);
    if (DAFT_FAULTS) fault('job: claimed');
    return this.#supervise(spawned.job, startedAt);
  }

  async #supervise(wrapper: RunningWrapper, startedAt: Date): Promise<OwnEnd> {
    const { store, self, now, log } = this.#surroundings;
    const { invocation } = this.#fire;
    const { name, jobDir, timeoutSecs } = this.#planned;
    const running: JobRecord = {
      ...recordOfPlanned(invocation, this.#planned, startedAt),
      pid: wrapper.pid,
      pidStart: startToken(wrapper.pid) ?? null,
      owner: self,
    };
    try {
      // Between claim and record it looks like a survivor, and another coordinator may have adopted it. We have it, and say so.
      if (writeRunningRecord(store, invocation, jobDir, running) === 'already-there') noteAdopter(store, invocation.id, jobDir, self);
    } catch (error) {
      log.warn({ err: error, job: name }, 'start could not be recorded'); // its marks tell as much
    }
    if (DAFT_FAULTS) fault('job: running recorded');

    const ladder = new Ladder(wrapper.pid, (excess) => tryToNote(this.#surroundings, this.#fire, jobDir, excess));
    this.#ladder = ladder;
    this.#runningSince = startedAt;
    if (this.#cancelled !== undefined) ladder.descend({ kind: 'cancel' }, this.#cancelled);
    const limits = holdToLimits(this.#surroundings, this.#fire, { dir: jobDir, timeoutSecs, ranMs: 0 }, (because) => ladder.descend(because, { kill: false }));
    const exit = await wrapper.exited;
    limits[Symbol.dispose]();
    // Once it is reaped its number may be given to another group; a ladder that is under way watches for members itself.
    if (ladder.because === undefined) this.#ladder = undefined;
    if (DAFT_FAULTS) fault('job: exit seen');
    await ladder.bottom();

    const cancelled = this.#cancelled !== undefined || readMarks(store, invocation.id, jobDir).cancelRequested;
    const outcome = outcomeOf(exit, cancelled ? { kind: 'cancel' } : ladder.because);
    const record: JobRecord = { ...running, status: outcome.status, exitCode: outcome.exitCode, finishedAt: now() };
    const output = outcome.error === undefined ? outputAfter(record) : { appendLine: outcome.error };
    const end: JobEnd = { dir: jobDir, record, output };
    const recorded = recordAndTell(this.#surroundings, this.#fire, end, failureOf(jobDir, record, outcome.error));
    if (recorded === 'already-ended') return { kind: 'not-ours' };
    return { kind: 'ended', ending: endingOf(record), ...(recorded === 'failed' && { unrecorded: end }) };
  }

  async #explainLostClaim(wrapper: RunningWrapper): Promise<OwnEnd> {
    const exit = await wrapper.exited;
    switch (exit.kind) {
      case 'unclaimed':
        throw new Error('job directory cannot be written'); // should a record have room in it by now, it would tell of a failure that nobody had
      case 'vanished': // killed from outside: with a claim, the marks will tell; without, it never ran
        return this.#couldNotStart(`killed before its start${exit.signal === null ? '' : ` (${exit.signal})`}`);
      case 'lost-claim':
      case 'exited':
        return { kind: 'not-ours' };
    }
  }

  #couldNotStart(reason: string): OwnEnd {
    const { store, now } = this.#surroundings;
    const { invocation } = this.#fire;
    const why: NotRun = { kind: 'could-not-start', reason };
    if (recordNotRun(store, invocation, this.#planned, why, now()) === 'taken') return { kind: 'not-ours' };
    this.#tell(failureOfNotRun(this.#planned, why));
    return { kind: 'ended', ending: 'failed' };
  }

  #tell(failure: Failure | undefined): void {
    if (failure !== undefined) this.#fire.notice.failed(failure);
  }
}
