/** Plays every file below scenarios/. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { checkout } from './support';
import { parseScenario, playScenario } from './support/scenario';

const directory = join(checkout, 'scenarios');
const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yml'));

describe('scenarios', () => {
  test.concurrent.each(files.toSorted())('%s', (path) => playScenario(parseScenario(path, readFileSync(join(directory, path), 'utf8'))));
});
