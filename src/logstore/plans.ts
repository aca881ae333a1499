import { fault } from '../fault';
import { clearPlace, isOurs, lstatIfExists, publishExclusive, writeFileAtomic } from '../fs';
import { markActive, markedActiveAt, unmarkActive } from './active';
import { formatJson } from './fields';
import { withInvocation } from './invocations';
import { isActive, readJobs } from './jobs';
import { claimJob, removeEndedMarks } from './marks';
import { formatPlan } from './plan-file';
import { envPath, hasPlan, planPath, readPlan } from './read-plan';
import type { Store } from './store';
import type { Invocation, InvocationId, Plan } from './types';

/**
 * Mark in `.active`, `env.json`, then `plan.json` (fsync each, link). The jobs exist from the moment this returns; if it
 * throws there is no plan and nothing will run.
 */
export function publishPlan(store: Store, invocation: Invocation, plan: Plan, env: Readonly<Record<string, string>>): void {
  const { id } = invocation;
  if (hasPlan(store, id)) throw new Error(`invocation ${id} has a plan already`);
  try {
    withInvocation(store, invocation, () => {
      markActive(store, id);
      if (DAFT_FAULTS) fault('plan: marked');
      writeFileAtomic(envPath(store, id), formatJson(env), { fsync: true });
      if (!isTrusted(envPath(store, id))) throw Object.assign(new Error('EPERM: what is written here belongs to somebody else'), { code: 'EPERM', path: envPath(store, id), syscall: 'open' });
      if (DAFT_FAULTS) fault('plan: env written');
      publishExclusive(planPath(store, id), formatPlan(plan), { fsync: true });
    });
  } catch (error) {
    // Once it has its name it counts, whatever failed afterwards: whoever ran its jobs as well would run them twice.
    if (!hasPlan(store, id)) {
      takeBack(store, id);
      throw error;
    }
  }
  if (DAFT_FAULTS) fault('plan: published');
}

/** Whether those who read a plan will believe it: there are file systems that give all files to one user. */
function isTrusted(path: string): boolean {
  const found = lstatIfExists(path);
  return found === undefined || isOurs(found);
}

/**
 * Takes a plan back whose coordinator could not be started: claims its jobs, then removes plan, `env.json` and mark. If
 * a coordinator has started one of them after all, those stay for it, and only the claims are ours.
 *
 * @returns the names of the jobs that nobody else will run any more
 */
export function withdrawPlan(store: Store, invocation: Invocation): { claimed: string[] } {
  const jobs = (readPlan(store, invocation.id)?.jobs ?? []).filter((job) => job.heldBack === null);
  const claimed = jobs.filter((job) => claimJob(store, invocation, job.jobDir) === 'claimed').map((job) => job.name);
  if (DAFT_FAULTS) fault('plan: claimed back');
  if (claimed.length === jobs.length) {
    clearPlace(planPath(store, invocation.id));
    takeBack(store, invocation.id);
  }
  return { claimed };
}

/** Below this age a mark without plan may belong to a command that is about to publish it. */
const publishingWithinMs = 60_000;

/**
 * Removes `env.json` and the `.active` mark once no job of the plan is active, and marks of jobs that a dying coordinator
 * left beside their final record. Harmless to call early.
 */
export function settleInvocation(store: Store, id: InvocationId): 'settled' | 'active' {
  const entries = readJobs(store, id);
  if (entries.some(isActive)) return 'active';
  if (hasPlan(store, id)) {
    for (const entry of entries) if (entry.kind === 'recorded' && entry.planned !== undefined) removeEndedMarks(store, id, entry.dir);
    takeBack(store, id);
    return 'settled';
  }
  const marked = markedActiveAt(store, id);
  if (marked !== undefined && Date.now() - marked.getTime() > publishingWithinMs) unmarkActive(store, id);
  return 'settled';
}

/** The mark goes last: as long as it is there, somebody will look. */
function takeBack(store: Store, id: InvocationId): void {
  clearPlace(envPath(store, id));
  if (DAFT_FAULTS) fault('plan: env removed');
  unmarkActive(store, id);
}
