import { isAbsolute, join } from 'node:path';
import type { CommandByOs, JobDefinition, OperatingSystem } from '../config/daft-yml';
import { quoteIfNeeded } from '../process';

/** Puts values in the place of `{name}`, in one pass and without quoting; unknown names stay, so shell braces are safe. */
export function fillTemplate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (verbatim, name: string) => (Object.hasOwn(values, name) ? values[name]! : verbatim));
}

/** The command for this system; undefined where a map of systems lacks it. */
export function commandFor(run: string | CommandByOs, os: OperatingSystem): string | undefined {
  return typeof run === 'string' ? run : run[os];
}

export interface CommandSurroundings {
  os: OperatingSystem;
  /** Absolute: where the hook works, and scripts are looked for. */
  hookDir: string;
  sourceDir: string;
  rc: string | undefined;
  values: Readonly<Record<string, string>>;
}

/** What goes to `sh -c`. Undefined if the job has nothing to run here. */
export function buildCommand(job: JobDefinition, surroundings: CommandSurroundings): string | undefined {
  const body = job.script === undefined ? runText(job, surroundings) : scriptText(job, job.script, surroundings);
  if (body === undefined) return undefined;
  const { rc, hookDir } = surroundings;
  if (rc === undefined) return body;
  // Unquoted, so that ~ expands; like a script, it is not found from a root of the job's own.
  const isFixed = /^[/~$]/.test(rc);
  return `. ${job.root === undefined || isFixed ? withSlash(rc) : `${quoteIfNeeded(hookDir)}/${rc}`} && ${body}`;
}

function runText(job: JobDefinition, { os, values }: CommandSurroundings): string | undefined {
  const run = job.run === undefined ? undefined : commandFor(job.run, os);
  return run === undefined ? undefined : fillTemplate(run, values);
}

function scriptText(job: JobDefinition, script: string, { hookDir, sourceDir, values }: CommandSurroundings): string {
  const fill = (text: string) => fillTemplate(text, values);
  const path = join(sourceDir, fill(script));
  const parts = [
    ...(job.runner === undefined ? [] : [fill(job.runner)]),
    // With a root of its own the job stands elsewhere, and the relative path would not be found.
    job.root === undefined || isAbsolute(path) ? withSlash(path) : `${quoteIfNeeded(hookDir)}/${path}`,
    ...(job.args === undefined ? [] : [fill(job.args)]),
  ];
  return parts.join(' ');
}

/** Without a slash the shell would look for it in PATH. */
function withSlash(path: string): string {
  return path.includes('/') ? path : `./${path}`;
}
