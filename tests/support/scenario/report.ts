/** The story of a scenario that failed: each step with what it said, what was missed, the state directory, processes. */

import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TemporaryHome } from '../home';
import { describeProcesses } from '../processes';
import type { Ran } from '../run';

export interface Chapter {
  title: string;
  /** Undefined for a wait, or if the command could not be run to its end. */
  ran: Ran | undefined;
  complaints: readonly string[];
}

export function tell(home: TemporaryHome, name: string, chapters: readonly Chapter[]): string {
  return [
    `scenario: ${name}`,
    ...chapters.map((chapter, index) => tellChapter(chapter, index + 1)),
    `--- ${home.state}`,
    ...tree(home.state),
    '--- processes',
    describeProcesses(home.processes()) || '  (none)',
  ].join('\n');
}

function tellChapter({ title, ran, complaints }: Chapter, number: number): string {
  return [
    `--- step ${number}: ${title}`,
    ...(ran === undefined ? [] : [indent('  | ', ran.stdout), indent('  ! ', ran.stderr), `  exit code ${ran.exitCode}, ${Math.round(ran.durationMs)} ms`]),
    ...complaints.map((complaint) => `  ✗ ${complaint.replaceAll('\n', '\n    ')}`),
  ]
    .filter(Boolean)
    .join('\n');
}

function indent(prefix: string, text: string): string {
  return text === '' ? '' : text.replace(/\n$/, '').replaceAll(/^/gm, prefix);
}

/** Small files with their content: a record says more than its size. */
function tree(directory: string, depth = 1): string[] {
  const names = lstatSync(directory, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(directory).toSorted() : [];
  return names.flatMap((name) => {
    const path = join(directory, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return []; // it went while we looked
    const margin = '  '.repeat(depth);
    if (stat.isDirectory()) return [`${margin}${name}/`, ...tree(path, depth + 1)];
    const content = stat.isFile() && stat.size > 0 && stat.size < 2_000 && name !== 'env.json' ? [indent(`${margin}    `, readFileSync(path, 'utf8'))] : [];
    return [`${margin}${name} (${stat.size} bytes)`, ...content];
  });
}
