import { describe, expect, test } from 'vitest';
import { judge, type Evidence, type Verdict } from '../../src/jobs/reconcile';
import type { Excess, JobMarks } from '../../src/logstore';
import { plannedOf, recordOf } from '../support/stored';

const now = new Date('2026-04-28T12:00:00.000Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);
const here = { boot: 'this-boot', host: 'this-host', now, staleRunningAfterSeconds: 86_400 };

const planned = plannedOf('build');
const owner = { pid: 10, start: 'o', boot: 'this-boot', host: 'this-host' };
const running = recordOf('build', { startedAt: ago(60), status: 'running', exitCode: null, pid: 20, finishedAt: null, pidStart: 's', owner });
const noMarks: JobMarks = { startedAt: null, purpose: '', pid: null, pidMarkedAt: null, exit: null, cancelRequested: false, excess: null };
const marks = (some: Partial<JobMarks>): JobMarks => ({ ...noMarks, ...some });
const plan = { boot: 'this-boot', host: 'this-host', dispatchedAt: ago(60) };
const logModifiedAt = ago(30);

/** A running job whose coordinator has died; its wrapper too unless an example says otherwise. */
const orphan: Evidence = {
  record: running,
  planned,
  plan,
  marks: marks({ startedAt: ago(60), pid: 20 }),
  group: 'dead',
  ownerAlive: false,
  coordinatorLive: false,
  logModifiedAt,
};
/** A planned job without record. */
const unrecorded: Evidence = { ...orphan, record: undefined, marks: noMarks, group: null, ownerAlive: null };

const timedOut: Excess = { kind: 'timeout', afterSecs: 3 };
const end = (status: 'completed' | 'failed' | 'cancelled' | 'crashed', exitCode: number | null, finishedAt: Date): Verdict => ({
  kind: 'end',
  status,
  exitCode,
  finishedAt,
});
const elsewhere = { ...owner, host: 'other-host' };
const beforeReboot = { ...owner, boot: 'other-boot' };
const exit = (exitCode: number) => ({ exitCode, at: ago(5) });

const cases: Record<string, [string, Evidence, Verdict][]> = {
  'somebody answers for it': [
    ['a living owner', { ...orphan, ownerAlive: true }, { kind: 'leave' }],
    ['a living owner, although the job has ended', { ...orphan, ownerAlive: true, marks: marks({ exit: exit(0) }) }, { kind: 'leave' }],
    ['no owner recorded, but a live coordinator', { ...orphan, record: { ...running, owner: null }, ownerAlive: null, coordinatorLive: true }, { kind: 'leave' }],
    ['a pending job beside a live coordinator', { ...unrecorded, coordinatorLive: true }, { kind: 'leave' }],
    ['not a live coordinator, when the owner is a dead one', { ...orphan, coordinatorLive: true }, end('crashed', null, logModifiedAt)],
  ],
  'rule 1: another host is judged by age alone': [
    ['young', { ...orphan, record: { ...running, owner: elsewhere }, marks: marks({ exit: exit(0) }) }, { kind: 'stale' }],
    ['old', { ...orphan, record: { ...running, owner: elsewhere, startedAt: ago(86_401) } }, end('crashed', null, logModifiedAt)],
    ['a pending job', { ...unrecorded, plan: { ...plan, host: 'other-host' } }, { kind: 'leave' }],
    ['an old pending job', { ...unrecorded, plan: { ...plan, host: 'other-host', dispatchedAt: ago(86_401) }, logModifiedAt: null }, end('crashed', null, now)],
    ['a claimed job', { ...unrecorded, plan: { ...plan, host: 'other-host' }, marks: marks({ startedAt: ago(59) }) }, { kind: 'stale' }],
  ],
  'rule 2: the exit mark tells the end': [
    ['exit 0', { ...orphan, marks: marks({ exit: exit(0) }) }, end('completed', 0, ago(5))],
    ['exit 3', { ...orphan, marks: marks({ exit: exit(3) }) }, end('failed', 3, ago(5))],
    ['cancelled, whatever the exit', { ...orphan, marks: marks({ exit: exit(0), cancelRequested: true }) }, end('cancelled', null, ago(5))],
    ['ended for its timeout, whatever the exit', { ...orphan, marks: marks({ exit: exit(143), excess: timedOut }) }, { kind: 'end', status: 'failed', exitCode: null, finishedAt: ago(5), excess: timedOut }],
    ['ended for its timeout, and cancelled', { ...orphan, marks: marks({ exit: exit(143), excess: timedOut, cancelRequested: true }) }, end('cancelled', null, ago(5))],
    ['although members of the group live on', { ...orphan, group: 'alive', marks: marks({ exit: exit(0) }) }, end('completed', 0, ago(5))],
    ['although the machine was booted since', { ...orphan, record: { ...running, owner: beforeReboot }, marks: marks({ exit: exit(0) }) }, end('completed', 0, ago(5))],
    ['without a record', { ...unrecorded, marks: marks({ startedAt: ago(9), exit: exit(1) }) }, end('failed', 1, ago(5))],
    ['without plan, owner or pid', { ...orphan, planned: undefined, plan: undefined, ownerAlive: null, record: { ...running, owner: null, pid: null }, marks: marks({ exit: exit(0) }) }, end('completed', 0, ago(5))],
  ],
  'rule 3: nothing survives a reboot': [
    ['running', { ...orphan, record: { ...running, owner: beforeReboot }, group: 'alive' }, end('crashed', null, logModifiedAt)],
    ['pending', { ...unrecorded, plan: { ...plan, boot: 'other-boot' }, logModifiedAt: null }, end('crashed', null, now)],
  ],
  'rule 4: the group tells whether it runs': [
    ['alive', { ...orphan, group: 'alive' }, { kind: 'adopt', pgid: 20 }],
    ['alive, known by its mark alone', { ...unrecorded, group: 'alive', marks: marks({ startedAt: ago(9), pid: 21 }) }, { kind: 'adopt', pgid: 21 }],
    ['alive, though older than any limit', { ...orphan, group: 'alive', record: { ...running, startedAt: ago(1e6) } }, { kind: 'adopt', pgid: 20 }],
    ['dead', orphan, end('crashed', null, logModifiedAt)],
    ['dead after a cancel', { ...orphan, marks: marks({ cancelRequested: true }) }, end('cancelled', null, logModifiedAt)],
    ['dead after its timeout', { ...orphan, marks: marks({ excess: timedOut }) }, { kind: 'end', status: 'failed', exitCode: null, finishedAt: logModifiedAt, excess: timedOut }],
    ['its leader gone, members left: over all the same', { ...orphan, group: 'bereft', marks: marks({ exit: exit(3) }) }, end('failed', 3, ago(5))],
    ['… but not if it was cancelled', { ...orphan, group: 'bereft', marks: marks({ exit: exit(143), cancelRequested: true }) }, { kind: 'adopt', pgid: 20 }],
    ['… or ended for its timeout', { ...orphan, group: 'bereft', marks: marks({ exit: exit(143), excess: timedOut }) }, { kind: 'adopt', pgid: 20 }],
    ['… in another boot', { ...orphan, record: { ...running, owner: beforeReboot }, group: 'bereft', marks: marks({ exit: exit(143), cancelRequested: true }) }, end('cancelled', null, ago(5))],
    ['dead, as another tool wrote it: no owner, no plan', { ...orphan, planned: undefined, plan: undefined, ownerAlive: null, record: { ...running, owner: null } }, end('crashed', null, logModifiedAt)],
  ],
  'rule 5: no pid': [
    ['not claimed', unrecorded, { kind: 'pending' }],
    ['not claimed, dispatched two hours ago', { ...unrecorded, plan: { ...plan, dispatchedAt: ago(7200) } }, { kind: 'pending' }],
    ['claimed 11 s ago', { ...unrecorded, marks: marks({ startedAt: ago(11) }) }, end('crashed', null, logModifiedAt)],
    ['claimed 11 s ago, then cancelled', { ...unrecorded, marks: marks({ startedAt: ago(11), cancelRequested: true }) }, end('cancelled', null, logModifiedAt)],
    ['claimed 9 s ago', { ...unrecorded, marks: marks({ startedAt: ago(9) }) }, { kind: 'claimed' }],
  ],
  'a claim that was to record a job as not run': [
    ['held back', { ...unrecorded, marks: marks({ startedAt: ago(1), purpose: 'held-back: dependency failed\n' }) }, { kind: 'not-run', why: { kind: 'held-back', reason: 'dependency failed' } }],
    ['dropped', { ...unrecorded, marks: marks({ startedAt: ago(1), purpose: 'cancelled\n' }) }, { kind: 'not-run', why: { kind: 'cancelled' } }],
    ['refused by the system', { ...unrecorded, marks: marks({ startedAt: ago(1), purpose: 'could-not-start: no such\ndirectory\n' }) }, { kind: 'not-run', why: { kind: 'could-not-start', reason: 'no such\ndirectory' } }],
    ['before the last boot', { ...unrecorded, plan: { ...plan, boot: 'other-boot' }, marks: marks({ startedAt: ago(1), purpose: 'never-started\n' }) }, { kind: 'not-run', why: { kind: 'never-started' } }],
    ['by a coordinator that lives', { ...unrecorded, coordinatorLive: true, marks: marks({ startedAt: ago(1), purpose: 'cancelled\n' }) }, { kind: 'leave' }],
    ['for a purpose that a later version may have', { ...unrecorded, marks: marks({ startedAt: ago(1), purpose: 'postponed\n' }) }, { kind: 'claimed' }],
  ],
  'rules 6 and 7: age': [
    ['old, with neither pid nor owner', { ...orphan, planned: undefined, plan: undefined, ownerAlive: null, group: null, marks: noMarks, record: { ...running, owner: null, pid: null, startedAt: ago(86_401) } }, end('crashed', null, logModifiedAt)],
    ['old, without log', { ...orphan, planned: undefined, plan: undefined, ownerAlive: null, group: null, marks: noMarks, logModifiedAt: null, record: { ...running, owner: null, pid: null, startedAt: ago(86_401) } }, end('crashed', null, now)],
    ['young, with neither pid nor owner', { ...orphan, planned: undefined, plan: undefined, ownerAlive: null, group: null, marks: noMarks, record: { ...running, owner: null, pid: null } }, { kind: 'stale' }],
    ['from the future', { ...orphan, planned: undefined, plan: undefined, ownerAlive: null, group: null, marks: noMarks, record: { ...running, owner: null, pid: null, startedAt: ago(-1e6) } }, { kind: 'stale' }],
  ],
};

for (const [rule, examples] of Object.entries(cases)) {
  describe(rule, () => {
    test.each(examples)('%s', (_name, evidence, verdict) => {
      expect(judge(evidence, here)).toEqual(verdict);
    });
  });
}
