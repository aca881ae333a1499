/** Publishes plans as a command does, without one: the coordinator is the real program, the jobs are what the test says. */

import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { start, wakeOrStart, type Launcher } from '../../src/coordinator/client';
import {
  createInvocation,
  jobDirNames,
  openStore,
  outputLogPath,
  publishPlan,
  readJobs,
  type Invocation,
  type InvocationId,
  type JobEntry,
  type JobRecord,
  type Plan,
  type PlannedJob,
  type RepoId,
  type Store,
} from '../../src/logstore';
import { bootId, hostName, startToken } from '../../src/process';
import { launcher as script, openTheatre, temporaryHome, waitFor, type Puppet, type TemporaryHome, type Theatre } from '../support';
import { planOf, plannedOf } from '../support/stored';

export type JobSpec = Partial<Omit<PlannedJob, 'name' | 'jobDir'>> & { name: string };

export interface Repository extends AsyncDisposable {
  readonly home: TemporaryHome;
  readonly store: Store;
  readonly launcher: Launcher;
  readonly theatre: Theatre;
  /** A puppet and the job that is played by it. */
  puppet(name: string, job?: Partial<JobSpec>): { puppet: Puppet; job: JobSpec };
  /** Writes a plan and tells nobody. */
  publish(jobs: readonly JobSpec[], plan?: Partial<Plan>, env?: Record<string, string>): Invocation;
  /** Writes a plan and hands it over. */
  dispatch(jobs: readonly JobSpec[], plan?: Partial<Plan>): Promise<Invocation>;
  entry(invocation: Invocation, name: string): JobEntry | undefined;
  /** The record of a job once it has this status. */
  ended(invocation: Invocation, name: string, status: JobRecord['status']): Promise<JobRecord>;
  running(invocation: Invocation, name: string): Promise<JobRecord>;
  log(invocation: Invocation, name: string): string | undefined;
  statuses(id: InvocationId): Record<string, string>;
  /** Pids of living coordinators. */
  coordinators(): number[];
}

/** @param options.stateDirectory a name in its home, for another state directory than that of the home */
export async function temporaryRepository(env: Record<string, string> = {}, options: { stateDirectory?: string } = {}): Promise<Repository> {
  const home = await temporaryHome();
  const theatre = await openTheatre(home.root);
  const state = options.stateDirectory === undefined ? home.state : join(home.root, options.stateDirectory);
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const store = openStore(state, randomUUID() as RepoId);
  const launcher: Launcher = { node: process.execPath, script, env: { ...home.env, ...env } };
  const publish: Repository['publish'] = (jobs, plan = {}, jobEnv = {}) => {
    const invocation = createInvocation(store, { trigger: 'hooks run post-clone', hookType: 'post-clone', worktree: 'main', createdAt: new Date() });
    publishPlan(store, invocation, planFor(jobs, home.work, plan), { ...home.env, ...jobEnv });
    return invocation;
  };
  const entry: Repository['entry'] = ({ id }, name) => readJobs(store, id).find((found) => nameOf(found) === name);
  const recorded = (invocation: Invocation, name: string, status: JobRecord['status']) =>
    waitFor(
      `'${name}' to be ${status}`,
      () => {
        const found = entry(invocation, name);
        return found?.kind === 'recorded' && found.record.status === status ? found.record : undefined;
      },
      { instead: () => `${JSON.stringify(entry(invocation, name))}\n${coordinatorLog(store)}` },
    );
  return {
    home,
    store,
    launcher,
    theatre,
    puppet: (name, job = {}) => ({ puppet: theatre.puppet(name), job: { command: theatre.commandFor(name), ...job, name } }),
    publish,
    async dispatch(jobs, plan) {
      const invocation = publish(jobs, plan);
      await wakeOrStart(store, launcher, invocation.id);
      return invocation;
    },
    entry,
    ended: recorded,
    running: (invocation, name) => recorded(invocation, name, 'running'),
    log(invocation, name) {
      const found = entry(invocation, name);
      return found === undefined || found.logSizeBytes === null ? undefined : readFileSync(outputLogPath(store, invocation.id, found.dir), 'utf8');
    },
    statuses: (id) => Object.fromEntries(readJobs(store, id).map((found) => [nameOf(found), found.kind === 'recorded' ? found.record.status : found.kind])),
    coordinators: () => home.processes().flatMap(({ pid, commandLine }) => (/ __coordinator /.test(commandLine) ? [pid] : [])),
    async [Symbol.asyncDispose]() {
      await theatre[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    },
  };
}

function planFor(jobs: readonly JobSpec[], workingDir: string, plan: Partial<Plan>): Plan {
  const dirs = jobDirNames(jobs.map(({ name }) => name));
  const planned = jobs.map((job, i) => plannedOf(job.name, { jobDir: dirs[i] ?? job.name, command: 'true', workingDir, declaredNeeds: job.needs ?? [], ...job }));
  return { ...planOf(...planned), dispatchedAt: new Date(), boot: bootId(), host: hostName(), fdLimit: null, ...plan };
}

function nameOf(entry: JobEntry): string {
  switch (entry.kind) {
    case 'recorded':
      return entry.record.name;
    case 'pending':
    case 'started':
      return entry.planned.name;
    case 'unreadable':
      return entry.dir;
  }
}

/** Starts a coordinator that is killed at this fault point, and waits for its death. */
export async function startToDie(repo: Repository, point: string): Promise<void> {
  const pid = await startWithFault(repo, `${point}:kill`);
  // By its pid: between fork and exec it is no coordinator yet, by the look of its command line.
  await waitFor(`death at '${point}'`, () => startToken(pid) === undefined);
}

/** Starts a coordinator that stops at this fault point, and waits until it has; returns its pid. */
export async function startToStop(repo: Repository, point: string): Promise<number> {
  const pid = await startWithFault(repo, `${point}:stop`);
  await waitFor(`a stop at '${point}'`, () => /\) T [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
  return pid;
}

async function startWithFault({ store, launcher }: Repository, fault: string): Promise<number> {
  const started = await start(store, { ...launcher, env: { ...launcher.env, DAFT_FAULT: fault } });
  if (started.kind === 'failed') throw started.error;
  return started.pid;
}

export function coordinatorLog({ stateDir, repoId }: Store): string {
  try {
    return readFileSync(join(stateDir, `coordinator-${repoId}.log`), 'utf8');
  } catch {
    return 'no coordinator log';
  }
}
