import { cleanRepository, forecastCleanup, freedBy, placesInGitDirectory, sweepTemporaries } from '../../cleanup';
import type { CleanupOptions } from '../../cleanup';
import { parseDuration, readDirectories } from '../../config';
import { start } from '../../coordinator/client';
import { DaftError } from '../../daft-error';
import { listRepositories, openStore, readRepoId } from '../../logstore';
import type { Store } from '../../logstore';
import { createPalette, linesInPieces, writeAll } from '../../output';
import { cleanupLine, forecastLines } from '../../output/jobs';
import type { Forecast } from '../../output/jobs';
import { spawnDetached } from '../../process';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { findJobsPlace } from './hooks-jobs-place';

/** What is to be cleaned. */
interface Scope {
  stores: readonly Store[];
  /** Where a command that was killed may have left what it was writing, beside the stores. */
  places: readonly string[];
}

interface Request extends CleanupOptions, Scope {
  all: boolean;
}

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const { now, stdout, stderr } = context;
  const olderThanSeconds = readOlderThan(parsed.text('older-than'));
  const all = parsed.flag('all');
  const failures: string[] = [];
  const scope = (await lookInto(failures, () => (all ? findAll(context) : findHere(context)))) ?? { stores: [], places: [] };
  const request = { ...scope, all, olderThanSeconds, now, warn: (line: string) => void stderr.stream.write(`${line}\n`) };
  const lines = parsed.flag('dry-run') ? await forecast(request, failures) : await clean(context, request, failures);
  await writeAll(() => linesInPieces(lines), stdout);
  const { error } = createPalette(stderr.colour);
  for (const failure of failures) stderr.stream.write(`${error('error:')} ${failure}\n`);
  return failures.length > 0 ? 1 : 0;
}

function readOlderThan(text: string | undefined): number | null {
  if (text === undefined) return null;
  const parsed = parseDuration(text);
  if (parsed.kind === 'invalid') throw new DaftError(parsed.message);
  return parsed.value;
}

async function findHere(context: CommandContext): Promise<Scope> {
  const { config, state } = readDirectories(context.env);
  const { repository } = await findJobsPlace(context);
  const id = readRepoId(repository.commonDir);
  return { stores: id === undefined ? [] : [openStore(state, id)], places: [config, ...placesInGitDirectory(repository.commonDir)] };
}

function findAll({ env }: CommandContext): Scope {
  const { config, state } = readDirectories(env);
  return { stores: (listRepositories(state) ?? []).map((id) => openStore(state, id)), places: [config] };
}

async function forecast({ stores, all, ...options }: Request, failures: string[]): Promise<Iterable<string>> {
  const forecasts: Forecast[] = [];
  for (const store of stores) {
    const found = await lookInto(failures, () => forecastCleanup(store, options));
    failures.push(...(found?.failures ?? []));
    const removals = found?.removals ?? [];
    forecasts.push({ repoId: store.repoId, removals, bytes: removals.reduce((sum, removal) => sum + freedBy(removal), 0) });
  }
  const isEmpty = forecasts.every(({ removals }) => removals.length === 0);
  return isEmpty && failures.length > 0 ? [] : forecastLines(forecasts, { all });
}

async function clean(context: CommandContext, { stores, places, all, ...options }: Request, failures: string[]): Promise<string[]> {
  const total = { removedJobs: 0, removedInvocations: 0, freedBytes: 0, truncatedLogs: 0 };
  const unfinished: string[] = [];
  for (const store of stores) {
    const report = await lookInto(failures, () => cleanRepository(store, { ...options, finish: 'soon' }));
    if (report === undefined) continue;
    for (const key of ['removedJobs', 'removedInvocations', 'freedBytes', 'truncatedLogs'] as const) total[key] += report[key];
    failures.push(...report.failures);
    if (report.unfinished) unfinished.push(store.repoId);
    if (report.needsCoordinator) await start(store, context.launcher);
  }
  await lookInto(failures, () => sweepTemporaries(places, options.now()));
  if (unfinished.length > 0) await startFinishing(context, unfinished);
  const isEmpty = total.removedInvocations + total.removedJobs + total.truncatedLogs === 0;
  return isEmpty && failures.length > 0 ? [] : [cleanupLine(total, { all })];
}

/** What cannot be started now is done by the next clean-up. */
async function startFinishing({ launcher }: CommandContext, repoIds: readonly string[]): Promise<void> {
  const { DAFT_CD_FILE: _callers, NODE_EXTRA_CA_CERTS: _slow, ...env } = launcher.env;
  await spawnDetached(launcher.node, [launcher.script, '__finish-prune', ...repoIds], { cwd: '/', env });
}

/** The result, or undefined where the system refuses: one repository that cannot be read never stops the others. */
async function lookInto<T>(failures: string[], look: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    failures.push(error.message);
    return undefined;
  }
}
