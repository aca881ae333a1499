import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkout } from '../support';

const trials = readdirSync(join(import.meta.dirname, 'trials')).map((file) => file.replace(/\.mjs$/, ''));

/** In CI a change is judged by the same strikes each time; elsewhere they are new ones. */
const seed = process.env['CI'] ? 1 : Date.now() % 1_000_000;

/** How many files share the trials: what is in one file runs one after the other. */
const shares = 4;

/** Tests the short form of every fourth trial, from the `first` on, which is less than four. */
export function testShortForms({ first }: { first: number }): void {
  test.each(trials.filter((_, at) => at % shares === first))('chaos, a short run: %s', { timeout: 300_000 }, (name) => {
    const ran = spawnSync(process.execPath, [join(checkout, 'scripts/chaos.mjs'), name, '--short', '--seed', String(seed)], { encoding: 'utf8', timeout: 280_000 });
    const [begun, ...lines] = `${ran.stdout}${ran.stderr}`.trim().split('\n');
    for (const line of lines.filter((text) => text.startsWith('SKIPPED '))) process.stderr.write(`${name}: ${line}\n`);
    expect(begun).toMatch(new RegExp(`^${name}: \\d+ times, seed ${seed}$`));
    expect(lines.filter((text) => !text.startsWith('SKIPPED ')), [begun, ...lines].join('\n')).toEqual([expect.stringMatching(/^held: /)]);
    expect(ran.status).toBe(0);
  });
}
