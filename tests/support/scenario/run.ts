/** Plays a scenario in a home of its own; when it fails, the error tells the whole story. */

import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseDocument } from 'yaml';
import * as z from 'zod';
import { temporaryHome, type TemporaryHome } from '../home';
import { buildRemote, writeFiles } from '../repository';
import type { Ran } from '../run';
import { checkRun, checkWorld, type Fill } from './check';
import { tell, type Chapter } from './report';
import { scenarioFile, type RunStep, type Scenario, type WaitStep } from './schema';

/** @throws Error naming the file and each key that is wrong */
export function parseScenario(path: string, yaml: string): Scenario {
  const document = parseDocument(yaml);
  if (document.errors.length > 0) throw new Error([`${path}:`, ...document.errors.map(({ message }) => message)].join('\n'));
  const parsed = scenarioFile.safeParse(document.toJS());
  if (!parsed.success) throw new Error(`${path}:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** @throws Error with the story of the scenario if an expectation is not met, or a process is left at its end */
export async function playScenario(scenario: Scenario): Promise<void> {
  await using home = await temporaryHome();
  const names: Readonly<Record<string, string>> = {
    WORK: home.work,
    REMOTES: join(home.root, 'remotes'),
    STATE: home.state,
    CONFIG: home.config,
  };
  const fill: Fill = (text) => text.replaceAll(/\$(WORK|REMOTES|STATE|CONFIG)\b/g, (whole, name: string) => names[name] ?? whole);

  for (const [name, branches] of Object.entries(scenario.remotes)) await buildRemote(home, join(home.root, 'remotes', `${name}.git`), branches);
  writeFiles(home.work, scenario.files);

  const env = Object.fromEntries(Object.entries(scenario.env).map(([name, value]) => [name, fill(value)]));
  const chapters: Chapter[] = [];
  for (const step of scenario.steps) {
    const chapter = 'run' in step ? await run(home, fill, { ...names, ...env }, step) : await wait(home, fill, step);
    chapters.push(chapter);
    if (chapter.complaints.length > 0) {
      const story = tell(home, scenario.scenario, chapters);
      for (const { pid } of home.processes()) process.kill(pid, 'SIGKILL'); // that they were left is no news any more
      throw failure(story);
    }
  }
}

/** Without a stack: it would show the runner, and the story is long enough. */
function failure(story: string): Error {
  const error = new Error(story);
  error.stack = `Error: ${story}`;
  return error;
}

async function run(home: TemporaryHome, fill: Fill, env: Readonly<Record<string, string>>, step: RunStep): Promise<Chapter> {
  const own = Object.fromEntries(Object.entries(step.env).map(([name, value]) => [name, value === null ? undefined : fill(value)]));
  const options = {
    cwd: resolve(home.work, fill(step.in)),
    env: { ...env, ...own },
    timeout: step.within,
    ...(step.stdin === undefined ? {} : { stdin: step.stdin }),
  };
  let ran: Ran;
  try {
    ran = step.terminal
      ? await home.onTerminal(`bash --noprofile --norc -c ${quote(step.run)}`, options)
      : await home.run('bash', ['--noprofile', '--norc', '-c', step.run], options);
  } catch (error) {
    return { title: title(step), ran: undefined, complaints: [error instanceof Error ? error.message : String(error)] };
  }
  return { title: title(step), ran, complaints: await checkRun(home, fill, ran, step.expect) };
}

async function wait(home: TemporaryHome, fill: Fill, step: WaitStep): Promise<Chapter> {
  const end = performance.now() + step.within;
  for (;;) {
    const complaints = await checkWorld(home, fill, step.wait);
    if (complaints.length === 0 || performance.now() > end) {
      return { title: `wait for ${JSON.stringify(step.wait)}`, ran: undefined, complaints };
    }
    await pause(20);
  }
}

function title(step: RunStep): string {
  return `${step.in === '.' ? '' : `(${step.in}) `}$ ${step.run.trimEnd()}`;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
