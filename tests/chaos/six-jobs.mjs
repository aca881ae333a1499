// A hook of six jobs, and what must have become of them, whatever became of those who ran them.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere } from './world.mjs';

/** A diamond (install, build and lint, test), a chain through it to a failure, and one that the failure holds back. */
const jobs = [
  { name: 'install', needs: [], exit: 0, silent: true },
  { name: 'build', needs: ['install'], exit: 0 },
  { name: 'lint', needs: ['install'], exit: 0 },
  { name: 'test', needs: ['build', 'lint'], exit: 0 },
  { name: 'check', needs: ['test'], exit: 7 },
  { name: 'deploy', needs: ['check'], exit: 0, heldBack: true },
];
export const names = jobs.map(({ name }) => name);

const jobSeconds = 0.06;
/** The longest way through the graph: four jobs. */
export const graphMs = 4 * jobSeconds * 1000;

/** As the entry of one hook; each job notes its run in $CHAOS_OUT. */
export const sixJobs = jobs
  .map(
    ({ name, needs, exit, silent }) => `      - name: ${name}
        run: echo "$$" >>"$CHAOS_OUT/${name}"; sleep ${jobSeconds}; echo done; exit ${exit}
        needs: [${needs.join(', ')}]
${silent ? '        background_output: silent\n' : ''}`,
  )
  .join('');

export function haveEnded(records) {
  return names.every((name) => records.has(name) && records.get(name).status !== 'running');
}

/** Once they have ended: each ran once, and its record is true. */
export function judgeSixJobs(records, out, say) {
  for (const { name, exit, silent, heldBack } of jobs) {
    const expected = heldBack ? { runs: 0, status: 'skipped', exitCode: null, log: 'dependency failed' } : { runs: 1, status: exit === 0 ? 'completed' : 'failed', exitCode: exit, log: silent ? undefined : 'done\n' };
    const record = records.get(name);
    const runs = runsOf(out, name);
    if (runs !== expected.runs) say(`${name} ran ${runs} times`);
    if (record?.status !== expected.status) say(`${name} is ${record?.status}`);
    if (record?.exit_code !== expected.exitCode) say(`${name} has exit code ${record?.exit_code}`);
    if (record?.log !== expected.log) say(`${name} has the log ${JSON.stringify(record?.log)}`);
    if (record !== undefined && !heldBack && !(Date.parse(record.finished_at) >= Date.parse(record.started_at))) say(`${name} ended before it started`);
  }
}

/** How often a job noted its run in a file of its name. */
export function runsOf(out, name) {
  return (readIfThere(join(out, name)) ?? '').split('\n').length - 1;
}

/** What is still there of jobs that have ended: their marks, and the environment that they were given. */
export function leftMarks(invocation, records) {
  const marks = [...records.values()].flatMap(({ directory }) => ['pid', 'exit', 'cancel', 'because', 'adopted'].map((mark) => join(directory, mark)));
  return [join(invocation, 'env.json'), ...marks].filter((path) => existsSync(path));
}
