/** What an ordinary invocation does on the side before it starts: the daily helpers and the word about a redirected configuration. */

import { join } from 'node:path';
import { type Environment, readDirectories } from '../config';
import { readTextIfExists } from '../fs';
import type { CommandContext } from './context';
import { findByWords } from './routing';
import type { CommandSpec } from './spec';

/** A detached process that runs at most once a day; it writes its stamp itself. */
interface Helper {
  word: string;
  /** In the configuration directory. */
  stampFile: string;
  /** Unix seconds of its last run. */
  stampField: string;
  switchedOffBy: string;
}

const helpers: readonly Helper[] = [
  { word: '__prune-trust', stampFile: 'trust-prune.json', stampField: 'pruned_at', switchedOffBy: 'DAFT_NO_TRUST_PRUNE' },
  { word: '__clean-logs', stampFile: 'log-clean.json', stampField: 'cleaned_at', switchedOffBy: 'DAFT_NO_LOG_CLEAN' },
];

const marksOfCi = ['CI', 'GITHUB_ACTIONS', 'JENKINS_URL', 'TRAVIS', 'CIRCLECI', 'GITLAB_CI', 'BUILDKITE', 'TF_BUILD'];
const dayInSeconds = 24 * 60 * 60;

/** Whether this invocation is none of the shell's and the coordinator's own, which must stay silent and quick. */
export function hasStartup(firstArgument: string | undefined, env: Environment): boolean {
  if (firstArgument !== undefined && (firstArgument.startsWith('__') || ['shell-init', 'completions'].includes(firstArgument))) return false;
  return env['DAFT_IS_COORDINATOR'] === undefined && env['DAFT_TESTING'] === undefined;
}

/** Starts what is due and waits for nothing; what goes wrong here is nobody's business. */
export function startHelpers({ env, launcher, now }: Pick<CommandContext, 'env' | 'launcher' | 'now'>, table: readonly CommandSpec[]): void {
  for (const word of dueHelpers(env, table, readStamp, now())) void startHelper(word);

  function readStamp(file: string): string | undefined {
    try {
      return readTextIfExists(join(readDirectories(env).config, file));
    } catch {
      return undefined;
    }
  }
  async function startHelper(word: string): Promise<void> {
    const { spawnDetached } = await import('../process');
    const { DAFT_CD_FILE: _, NODE_EXTRA_CA_CERTS: __, ...inherited } = env;
    await spawnDetached(launcher.node, [launcher.script, word], { cwd: '/', env: inherited });
  }
}

/**
 * Words of the helpers that are due, of those that the table has.
 *
 * @param readStamp content of a stamp file; undefined if it cannot be read
 */
export function dueHelpers(
  env: Environment,
  table: readonly CommandSpec[],
  readStamp: (file: string) => string | undefined,
  now: Date,
): readonly string[] {
  if (marksOfCi.some((mark) => env[mark] !== undefined)) return [];
  return helpers
    .filter(({ word, switchedOffBy }) => findByWords(word, table) && env[switchedOffBy] === undefined)
    .filter(({ stampFile, stampField }) => isStale(readStamp(stampFile), stampField, now))
    .map(({ word }) => word);
}

function isStale(stamp: string | undefined, field: string, now: Date): boolean {
  const lastRun = stamp === undefined ? undefined : parseStamp(stamp, field);
  const age = lastRun === undefined ? Number.NaN : now.getTime() / 1000 - lastRun;
  return !(age >= 0 && age < dayInSeconds);
}

function parseStamp(text: string, field: string): number | undefined {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // a damaged stamp is no stamp
    throw error;
  }
  const seconds = typeof file === 'object' && file !== null ? (file as Record<string, unknown>)[field] : undefined;
  return typeof seconds === 'number' ? seconds : undefined;
}
