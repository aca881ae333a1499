// A long history, as a hook that fired again and again would have left it: one fire is run, and its files are multiplied.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const jobsPerInvocation = 5;

const hook = `hooks:\n  worktree-post-create:\n    jobs:\n${Array.from({ length: jobsPerInvocation }, (_, job) => `      - { name: job-${job}, background: true, run: 'echo done' }\n`).join('')}`;
const daySeconds = 24 * 60 * 60;

/**
 * A repository with so many finished jobs, a second apart: the newest 50 in the worktree `main`, the others in 200 more.
 *
 * @param options.ageDays of the newest
 * @returns its path, that of its records, and the names of its invocations, oldest first
 */
export async function repositoryWithHistory(world, name, size, { ageDays = 0 } = {}) {
  const path = world.repository(name, hook);
  world.daft(path, 'hooks', 'run', 'worktree-post-create');
  await world.idle();
  const store = join(world.state, 'jobs', readFileSync(join(path, '.git/daft-id'), 'utf8'));
  const pattern = readPattern(store);
  const invocations = [];
  const newest = Date.now() - ageDays * daySeconds * 1_000;
  for (let left = size; left > 0; left -= jobsPerInvocation) {
    const number = (size - left) / jobsPerInvocation;
    const worktree = left <= 50 ? 'main' : `topic/${number % 200}`;
    invocations.push(writeInvocation(store, pattern, { number, worktree, at: new Date(newest - left * 1_000).toISOString() }));
  }
  return { path, store, invocations };
}

/** The files of the only invocation, which goes, as does what is derived. */
function readPattern(store) {
  const [id] = readdirSync(store).filter((entry) => !entry.startsWith('.') && !entry.endsWith('.json'));
  const jobs = readdirSync(join(store, id)).filter((entry) => entry.startsWith('job-'));
  const pattern = { files: filesIn(join(store, id)), jobs: jobs.map((job) => [job, filesIn(join(store, id, job))]) };
  for (const entry of [id, ...readdirSync(store).filter((hidden) => hidden.startsWith('.index'))]) rmSync(join(store, entry), { recursive: true });
  return pattern;
}

function filesIn(directory) {
  const entries = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map(({ name }) => [name, readFileSync(join(directory, name), 'utf8')]);
}

function writeInvocation(store, { files, jobs }, { number, worktree, at }) {
  const id = scatter(number);
  const told = { invocation_id: id, worktree, created_at: at, dispatched_at: at, started_at: at, finished_at: at };
  const directory = join(store, id);
  mkdirSync(directory, { mode: 0o700 });
  for (const [name, content] of files) writeFileSync(join(directory, name), retold(name, content, told));
  for (const [job, contents] of jobs) {
    mkdirSync(join(directory, job), { mode: 0o700 });
    for (const [name, content] of contents) writeFileSync(join(directory, job, name), retold(name, content, told));
  }
  return id;
}

/** The fields that tell one fire from another, where the file has them. */
function retold(name, content, told) {
  if (!name.endsWith('.json')) return content;
  const file = JSON.parse(content);
  for (const key of Object.keys(file)) if (key in told) file[key] = told[key];
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Ids look drawn by lot: the multiplier is odd, so that each number has one of its own. */
function scatter(number) {
  return BigInt.asUintN(64, BigInt(number + 1) * 0x9e3779b97f4a7c15n).toString(16).padStart(16, '0');
}
