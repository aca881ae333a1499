import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fault } from '../fault';
import { readTextIfExists, removeFile, writeFileAtomic } from '../fs';
import type { InvocationId } from '../logstore';
import { deferred, type Deferred } from './deferred';
import { elect, type Seat } from './election';
import type { CoordinatorLog } from './log';
import { LogWatch } from './log-watch';
import { answer, type Desk } from './requests';
import { createRequestServer } from './server';
import { Supervisor } from './supervisor';
import type { Surroundings } from './surroundings';

/** Why a coordinator gave up its socket. */
type TermEnd = 'idle' | 'drained' | 'shut-down' | 'usurped';

const idleMs = 2_000;
const lookAtSeatEveryMs = 2_000;

/** The life of a coordinator (jobs.md 6): from the election until nothing is left to do. */
export class Coordinator {
  readonly #surroundings: Surroundings;
  readonly #log: CoordinatorLog;
  readonly #stop: AbortSignal;
  readonly #supervisor: Supervisor;
  readonly #listeners = new Set<() => void>();

  /** @param options.stop aborted when the process is told to shut down */
  constructor(surroundings: Omit<Surroundings, 'log' | 'logWatch'>, options: { log: CoordinatorLog; stop: AbortSignal }) {
    this.#surroundings = { ...surroundings, log: options.log.logger, logWatch: new LogWatch() };
    this.#log = options.log;
    this.#stop = options.stop;
    this.#supervisor = new Supervisor(this.#surroundings, () => {
      for (const listener of this.#listeners) listener();
    });
    this.#stop.addEventListener('abort', () => this.#supervisor.shutDown());
  }

  /** Stays out of the election and works, without a socket, for this plan alone. */
  async workAlone(id: InvocationId): Promise<void> {
    this.#supervisor.takeUp(id);
    await this.#quiet();
  }

  /** Runs for the public socket, serves, works, and ends when there has been nothing to do for a while. */
  async serve(): Promise<void> {
    for (;;) {
      const term = await this.#serveTerm();
      if (term !== 'idle') await this.#quiet();
      if (term !== 'idle' && term !== 'no-socket') return;
      if (term === 'no-socket') await this.#pause(); // what could not be started is not tried without end
      // A plan that was published while the name was given back found nobody to wake.
      if ((await this.#supervisor.takeUpAll()) === 0 && this.#supervisor.isQuiet) return;
    }
  }

  /** As long as one with a socket idles, unless told to go. */
  async #pause(): Promise<void> {
    try {
      await delay(idleMs, undefined, { signal: this.#stop });
    } catch (error) {
      if (!this.#stop.aborted) throw error;
    }
  }

  async #serveTerm(): Promise<TermEnd | 'lost' | 'no-socket'> {
    const { store, log } = this.#surroundings;
    const elected = deferred<boolean>();
    const term = deferred<TermEnd>();
    const desk: Desk = {
      supervisor: this.#supervisor,
      drain: () => term.resolve('drained'),
      shutDown: () => {
        this.#supervisor.shutDown();
        term.resolve('shut-down');
      },
    };
    // Whoever connects during the election waits for its end: the name he came by may not be ours in the end.
    const server = createRequestServer(
      async (request, client) => ((await elected.promise) ? answer(request, client, { desk, surroundings: this.#surroundings }) : undefined),
      log,
    );
    const election = await elect(store, server);
    switch (election.kind) {
      case 'lost':
        elected.resolve(false);
        return 'lost';
      case 'no-socket':
        elected.resolve(false);
        log.warn({ err: election.because }, 'no socket: working without one');
        await this.#supervisor.takeUpAll();
        return 'no-socket';
      case 'elected':
        this.#log.empty();
        if (DAFT_FAULTS) fault('coordinator: elected');
        elected.resolve(true);
        return this.#holdOffice(election.seat, term);
    }
  }

  async #holdOffice(seat: Seat, term: Deferred<TermEnd>): Promise<TermEnd> {
    const withdrawPid = this.#publishPid();
    await this.#supervisor.takeUpAll();
    const end = await this.#termEnd(seat, term);
    if (end !== 'idle') this.#supervisor.close();
    this.#surroundings.log.info({ because: end }, 'giving up the socket');
    if (DAFT_FAULTS) fault('coordinator: leaves');
    if (seat.isOurs()) withdrawPid();
    await seat.giveUp();
    if (DAFT_FAULTS) fault('coordinator: socket given up');
    return end;
  }

  async #termEnd(seat: Seat, term: Deferred<TermEnd>): Promise<TermEnd> {
    const shutDown = () => term.resolve('shut-down');
    this.#stop.addEventListener('abort', shutDown);
    if (this.#stop.aborted) shutDown();

    let idle: NodeJS.Timeout | undefined;
    const watchIdleness = () => {
      clearTimeout(idle);
      if (this.#supervisor.isQuiet) idle = setTimeout(() => term.resolve('idle'), idleMs);
    };
    this.#listeners.add(watchIdleness);
    watchIdleness();

    const look = setInterval(() => {
      if (seat.isOurs()) this.#supervisor.takeUpLeft();
      else term.resolve('usurped');
    }, lookAtSeatEveryMs);
    try {
      return await term.promise;
    } finally {
      clearInterval(look);
      clearTimeout(idle);
      this.#listeners.delete(watchIdleness);
      this.#stop.removeEventListener('abort', shutDown);
    }
  }

  /** For humans and scripts; nothing is ever decided by it. Returns what takes it back. */
  #publishPid(): () => void {
    const { store, self, log } = this.#surroundings;
    const path = join(store.stateDir, `coordinator-${store.repoId}.pid`);
    const pid = String(self.pid);
    try {
      writeFileAtomic(path, pid);
    } catch (error) {
      log.warn({ err: error }, 'pid file not written');
    }
    return () => {
      try {
        if (readTextIfExists(path) === pid) removeFile(path);
      } catch (error) {
        log.warn({ err: error }, 'pid file not removed');
      }
    };
  }

  /** Resolves when all that was taken up has ended. */
  #quiet(): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!this.#supervisor.isQuiet) return;
        this.#listeners.delete(look);
        resolve();
      };
      this.#listeners.add(look);
      look();
    });
  }
}
