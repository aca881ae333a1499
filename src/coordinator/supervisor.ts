import { setImmediate as nextTurn } from 'node:timers/promises';
import { fault } from '../fault';
import { findGraphFault, schedule, type Ending } from '../hooks/schedule';
import { announceFailure, examine, examinerOf, keepFailure, recordNotRun, repair, type ExaminedInvocation, type Failure, type NotRun } from '../jobs/reconcile';
import { listActiveIds, readMarks, requestCancel, settleInvocation, withdrawNotice, type Invocation, type InvocationId } from '../logstore';
import { ownUid } from './client/socket-path';
import { dispatchedAt, isWaiting, waitingIn, type Course, type Node } from './course';
import { recordLater, type JobEnd } from './final-record';
import { openNotice, type Notice } from './notice';
import { endingOf, endingOfNotRun } from './outcome';
import { OwnJob, type OwnEnd } from './own-job';
import type { Fire, Surroundings } from './surroundings';
import { Watch, type WatchedEnd } from './watch';

/** A job as the requests choose among them. */
export interface JobView {
  invocation: Invocation;
  name: string;
  /** Undefined while it waits. */
  runningSince: Date | undefined;
}

const defaultPlaces = 64;
/** A plan that cannot be read now, for want of descriptors or of a server's answer, is tried again. */
const tryAgainAfterMs = 1_000;
const triesAtMost = 60;
/** Spawning and recording block us for milliseconds each; between this many, requests get their turn. */
const actsPerTurn = 4;

/**
 * Runs the jobs of all plans of one repository, at most `places` at once, in order of dispatch. Holds no output and no
 * history: a plan whose jobs have ended is forgotten.
 */
export class Supervisor {
  readonly #surroundings: Surroundings;
  readonly #changed: () => void;
  /** In order of dispatch. */
  #courses: Course[] = [];
  /** Could not be taken up, and will be tried again; as long as there are any, there is work. */
  readonly #refused = new Map<InvocationId, { tries: number; again: NodeJS.Timeout }>();
  #places = defaultPlaces;
  #turnAhead = false;
  #closed = false;
  #hurried = false;

  /** @param changed called whenever `isQuiet` may have changed */
  constructor(surroundings: Surroundings, changed: () => void) {
    this.#surroundings = surroundings;
    this.#changed = changed;
  }

  get isQuiet(): boolean {
    return this.#courses.length === 0 && this.#refused.size === 0;
  }

  get counts(): { running: number; pending: number } {
    let running = 0;
    let pending = 0;
    for (const course of this.#courses) {
      running += course.live.size;
      pending += waitingIn(course);
    }
    return { running, pending };
  }

  /** Whether it has come to its last plans. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** From now on nothing is taken up; what was, goes on to its end. */
  close(): void {
    this.#closed = true;
    for (const { again } of this.#refused.values()) clearTimeout(again);
    this.#refused.clear();
    this.#changed();
  }

  /** Takes up every plan that has something to do, one per turn of the event loop; returns how many jobs that are. */
  async takeUpAll(): Promise<number> {
    let jobs = 0;
    for (const id of this.#listActive()) {
      jobs += this.takeUp(id);
      await nextTurn();
    }
    return jobs;
  }

  /** Takes up plans whose commands could not tell us of them, and those that another coordinator has left behind. */
  takeUpLeft(): void {
    for (const id of this.#listActive()) if (!this.#refused.has(id)) this.takeUp(id);
  }

  #listActive(): InvocationId[] {
    const { store, log } = this.#surroundings;
    try {
      return listActiveIds(store);
    } catch (error) {
      log.error({ err: error }, 'plans cannot be listed'); // whoever looks next finds them
      return [];
    }
  }

  /**
   * Takes up one plan, or survivors of one; returns the number of its active jobs here.
   *
   * @param options.startAfter no job is started before it resolves
   */
  takeUp(id: InvocationId, { startAfter }: { startAfter?: Promise<void> } = {}): number {
    const known = this.#courses.find(({ invocation }) => invocation.id === id);
    if (known !== undefined) return known.live.size + waitingIn(known);
    if (this.#closed) return 0;
    const course = this.#tryToBegin(id);
    if (course === undefined) return 0;
    this.#courses = [...this.#courses, course].toSorted((a, b) => dispatchedAt(a) - dispatchedAt(b));
    this.#places = this.#courses.at(-1)?.plan?.maxParallel ?? defaultPlaces; // what the user has set last
    this.#surroundings.log.info({ invocation: id, running: course.live.size, pending: waitingIn(course) }, 'taken up');
    if (DAFT_FAULTS) fault('plan: taken up');
    if (startAfter !== undefined) this.#hold(course, startAfter);
    this.#takeTurn();
    this.#changed();
    return course.live.size + waitingIn(course);
  }

  #hold(course: Course, until: Promise<void>): void {
    course.held = true;
    void until.then(() => {
      course.held = false;
      this.#takeTurn();
      return undefined;
    });
  }

  /** Undefined if there is nothing to do, now or at all. */
  #tryToBegin(id: InvocationId): Course | undefined {
    const refused = this.#refused.get(id);
    clearTimeout(refused?.again);
    try {
      const course = this.#begin(id);
      this.#refused.delete(id);
      if (refused !== undefined && course === undefined) this.#changed();
      return course;
    } catch (error) {
      this.#surroundings.log.error({ err: error, invocation: id }, 'cannot be taken up');
      const tries = (refused?.tries ?? 0) + 1;
      this.#refused.set(id, { tries, again: setTimeout(() => (tries < triesAtMost ? this.takeUp(id) : this.#giveUp(id)), tryAgainAfterMs) });
      return undefined;
    }
  }

  /** The next coordinator may have more luck. */
  #giveUp(id: InvocationId): void {
    this.#refused.delete(id);
    this.#changed();
  }

  /** Tells the chosen jobs to end; returns the names of those that it could tell. The signals are sent before this returns. */
  cancel(isMeant: (job: JobView) => boolean, { kill }: { kill: boolean }): string[] {
    const names: string[] = [];
    for (const course of this.#courses) {
      for (const { name, dir } of course.nodes.values()) {
        if (course.ended.has(name)) continue;
        const live = course.live.get(name);
        if (!isMeant({ invocation: course.invocation, name, runningSince: live?.runningSince })) continue;
        this.#markCancelled(course.invocation, dir);
        if (live === undefined) course.dropped.add(name);
        else if (live.cancel({ kill }) === 'not-ours') continue;
        names.push(name);
      }
    }
    if (names.length > 0) this.#takeTurn();
    return names;
  }

  /** Takes up nothing more and cancels everything (jobs.md 6.7). */
  shutDown(): void {
    this.close();
    this.#hurried = true;
    for (const { watch } of this.#courses) watch.forgetForeign(); // before they get a mark that would cancel them
    this.cancel(() => true, { kill: false });
    for (const { watch, unrecorded } of this.#courses) {
      watch.forgetUnadopted();
      for (const attempts of unrecorded.values()) attempts[Symbol.dispose]();
      unrecorded.clear();
    }
    this.#takeTurn();
  }

  #markCancelled(invocation: Invocation, dir: string): void {
    try {
      requestCancel(this.#surroundings.store, invocation, dir);
    } catch (error) {
      this.#surroundings.log.warn({ err: error, dir, invocation: invocation.id }, 'cancel is not durable'); // a full disk keeps no job alive
    }
  }

  /** Undefined if nothing is left to do for this invocation. */
  #begin(id: InvocationId): Course | undefined {
    const { store, self, now, log } = this.#surroundings;
    const warn = (text: string) => log.warn(text);
    const examiner = { ...examinerOf(store, { now: now(), coordinatorLive: false, tellBadPolicy: warn }), self };
    const found = examine(store, id, examiner);
    if (found === 'gone') return undefined;
    const keep = (failure: Failure) => keepFailure(store, id, failure, warn);
    // Before the machine was started anew, its name was that of another terminal.
    const device = found.plan?.boot === self.boot ? found.plan.notifyTty : null;
    const notice = openNotice({
      device,
      uid: ownUid(),
      announce: (failure) => announceFailure(store, found.invocation, { failure, teller: self, warn }),
      withdraw: (failure) => this.#withdrawNotice(id, failure),
      keep,
    });
    try {
      const { ended, needsCoordinator } = repair(store, found, { now: now(), warn, tell: (failure) => notice.failed(failure) });
      const examined = ended === 0 ? found : examine(store, id, examiner);
      if (needsCoordinator && examined !== 'gone') return this.#courseOf(examined, notice);
    } catch (error) {
      notice.close();
      throw error;
    }
    notice.close();
    settleInvocation(store, id);
    return undefined;
  }

  #withdrawNotice(id: InvocationId, { dir }: Failure): void {
    const { store, log } = this.#surroundings;
    try {
      withdrawNotice(store, { id, dir });
    } catch (error) {
      log.warn({ err: error, dir, invocation: id }, 'announced notice could not be removed'); // it will be told twice
    }
  }

  #courseOf({ invocation, plan, jobs }: ExaminedInvocation, notice: Notice): Course {
    const { log } = this.#surroundings;
    const fire: Fire = { invocation, plan, notice };
    const unplanned = jobs.flatMap((job): Node[] => {
      if (job.kind === 'ended' || job.planned !== undefined || job.record === undefined || job.verdict.kind !== 'adopt') return [];
      return [{ name: job.record.name, needs: [], dir: job.dir, planned: undefined }];
    });
    const planned = (plan?.jobs ?? []).map((job): Node => ({ name: job.name, needs: job.needs, after: job.after, dir: job.jobDir, planned: job }));
    const course: Course = {
      ...fire,
      nodes: new Map([...planned, ...unplanned].map((node) => [node.name, node])),
      live: new Map(),
      ended: new Map(),
      dropped: new Set(),
      givenUp: new Set(),
      unrecorded: new Map(),
      watch: new Watch(this.#surroundings, fire),
      held: false,
    };

    const byDir = new Map(jobs.map((job) => [job.dir, job]));
    for (const { name, dir, planned: job } of course.nodes.values()) {
      const known = byDir.get(dir);
      if (known === undefined) course.ended.set(name, job?.heldBack === null ? 'failed' : 'held-back'); // its record is gone
      else if (known.kind === 'ended') course.ended.set(name, endingOf(known.record));
      else if (known.verdict.kind === 'end') course.ended.set(name, known.verdict.status === 'completed' ? 'succeeded' : 'failed'); // could not be recorded
      else if (known.verdict.kind !== 'pending') this.#watch(course, name, dir);
    }
    const wrong = findGraphFault([...course.nodes.values()]);
    if (wrong === undefined) return course;
    log.error({ invocation: invocation.id, fault: wrong }, 'plan cannot be run'); // no daft writes such a one
    for (const name of course.nodes.keys()) if (isWaiting(course, name)) this.#endWithoutRun(course, name, { kind: 'held-back', reason: 'dependency failed' });
    return course;
  }

  /** Starts, holds back and drops a few jobs as soon as everything else had its turn, until nothing is left to decide. */
  #takeTurn(): void {
    if (this.#turnAhead) return;
    this.#turnAhead = true;
    setImmediate(() => {
      this.#turnAhead = false;
      let acts = actsPerTurn;
      for (const course of this.#courses) acts -= this.#advance(course, acts);
      this.#settle();
      if (acts <= 0) this.#takeTurn();
    });
  }

  /** Returns how much of `budget` was used. */
  #advance(course: Course, budget: number): number {
    if (budget <= 0 || waitingIn(course) === 0) return 0;
    let used = 0;
    for (const name of course.dropped) {
      if (used === budget) return used;
      course.dropped.delete(name);
      if (!isWaiting(course, name)) continue;
      used += 1;
      this.#endWithoutRun(course, name, { kind: 'cancelled' });
    }

    const { running } = this.counts;
    const { start, holdBack } = schedule(
      [...course.nodes.values()],
      { running: new Set(course.live.keys()), ended: course.ended },
      { mode: 'parallel', places: Math.max(0, this.#places - running) + course.live.size },
    );
    for (const [name, reason] of holdBack) {
      if (used === budget) return used;
      used += 1;
      if (this.#giveUpWithOthers(course, name)) continue;
      // Who cancels marks one after the other: of two that he wants to end, the first may have ended before we were told of the second.
      this.#endWithoutRun(course, name, this.#isCancelled(course, name) ? { kind: 'cancelled' } : { kind: 'held-back', reason });
    }
    for (const name of course.held ? [] : start) {
      if (used === budget) return used;
      used += 1;
      if (!this.#giveUpWithOthers(course, name)) this.#start(course, name);
    }
    return used;
  }

  /**
   * Nothing on disk says that a job was given up: the next to take up the plan starts it. So nothing may be said of those
   * that come after it either.
   */
  #giveUpWithOthers({ nodes, givenUp, ended }: Course, name: string): boolean {
    const { needs = [], after = [] } = nodes.get(name) ?? {};
    if (![...needs, ...after].some((earlier) => givenUp.has(earlier))) return false;
    givenUp.add(name);
    ended.set(name, 'held-back');
    this.#takeTurn(); // for those that come after this one
    return true;
  }

  #isCancelled({ invocation, nodes }: Course, name: string): boolean {
    const dir = nodes.get(name)?.dir;
    return dir !== undefined && readMarks(this.#surroundings.store, invocation.id, dir).cancelRequested;
  }

  #start(course: Course, name: string): void {
    const { log } = this.#surroundings;
    const { invocation, plan, notice } = course;
    const planned = course.nodes.get(name)?.planned;
    if (planned === undefined || plan === undefined) return; // only planned jobs wait
    const job = new OwnJob(this.#surroundings, { invocation, plan, notice }, planned);
    course.live.set(name, job);
    job.run().then(
      (end) => this.#ownEnded(course, name, end),
      (error: unknown) => {
        log.error({ err: error, job: name, invocation: course.invocation.id }, 'job given up');
        course.givenUp.add(name);
        this.#ownEnded(course, name, { kind: 'ended', ending: 'failed' });
      },
    );
  }

  #ownEnded(course: Course, name: string, end: OwnEnd): void {
    course.live.delete(name);
    switch (end.kind) {
      case 'ended':
        this.#haveEnded(course, name, end);
        break;
      case 'not-ours':
        this.#watch(course, name, course.nodes.get(name)?.dir ?? name);
        break;
      case 'gone':
        for (const other of course.nodes.keys()) if (isWaiting(course, other)) course.ended.set(other, 'held-back');
    }
    this.#takeTurn();
  }

  #haveEnded(course: Course, name: string, { ending, unrecorded }: { ending: Ending; unrecorded?: JobEnd }): void {
    course.ended.set(name, ending);
    if (unrecorded !== undefined) this.#recordLater(course, name, unrecorded);
  }

  /** What needs the job goes on meanwhile; the course is not over before its ends are on disk. */
  #recordLater(course: Course, name: string, end: JobEnd): void {
    if (this.#hurried) return; // told to go: whoever comes next judges by the marks
    const settled = () => {
      course.unrecorded.delete(name);
      this.#takeTurn();
    };
    course.unrecorded.set(name, recordLater(this.#surroundings, course.invocation, end, settled));
  }

  #watch(course: Course, name: string, dir: string): void {
    const ended = (end: WatchedEnd) => {
      course.live.delete(name);
      if (end.kind === 'ended') this.#haveEnded(course, name, end);
      this.#takeTurn();
    };
    course.live.set(name, course.watch.add(name, dir, ended));
  }

  #endWithoutRun(course: Course, name: string, why: NotRun): void {
    const { store, now, log } = this.#surroundings;
    const { planned, dir } = course.nodes.get(name) ?? {};
    if (planned === undefined || dir === undefined) return; // only planned jobs wait
    try {
      if (recordNotRun(store, course.invocation, planned, why, now()) === 'taken') {
        this.#watch(course, name, dir);
        return;
      }
    } catch (error) {
      log.error({ err: error, job: name, invocation: course.invocation.id }, 'record left for reconciliation');
    }
    if (DAFT_FAULTS) fault('job: not run');
    course.ended.set(name, endingOfNotRun(why));
  }

  /** Forgets the courses that have come to their end. */
  #settle(): void {
    const { store, log } = this.#surroundings;
    const done = this.#courses.filter(({ nodes, ended, unrecorded }) => ended.size === nodes.size && unrecorded.size === 0);
    if (done.length === 0) return;
    this.#courses = this.#courses.filter((course) => !done.includes(course));
    for (const { invocation, watch, notice } of done) {
      watch.close();
      notice.close();
      try {
        settleInvocation(store, invocation.id);
      } catch (error) {
        log.warn({ err: error, invocation: invocation.id }, 'marks could not be removed'); // whoever reconciles next does it
      }
      if (DAFT_FAULTS) fault('plan: settled');
    }
    this.#changed();
  }
}
