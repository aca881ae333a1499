/** What the commands of `daft hooks jobs` have in common: whose jobs, and in what state they find them. */
import { readDirectories } from '../../config';
import { DaftError } from '../../daft-error';
import { mend, openHistory } from '../../jobs';
import type { History, Mending } from '../../jobs';
import { ensureRepoId, openStore, readRepoId } from '../../logstore';
import type { Store } from '../../logstore';
import { createPalette } from '../../output';
import type { Told } from '../../output/jobs';
import type { CommandContext } from '../context';
import { findJobsPlace } from './hooks-jobs-place';
import type { JobsPlace } from './hooks-jobs-place';

export interface JobsOfRepository extends JobsPlace {
  store: Store;
  history: History;
  coordinatorLive: boolean;
  /** To look after the jobs again while waiting. */
  mending: Mending;
}

/** Finds the repository of the current directory, repairs and heals its jobs, and opens their history. */
export async function openJobs(context: CommandContext): Promise<JobsOfRepository> {
  const place = await findJobsPlace(context);
  return open(place, ensureRepoId(place.repository.commonDir), context);
}

/** The same for who only looks: a repository that never ran a job is not given an identity. */
export async function openJobsIfAny(place: JobsPlace, context: CommandContext): Promise<JobsOfRepository | undefined> {
  const id = readRepoId(place.repository.commonDir);
  return id === undefined ? undefined : open(place, id, context);
}

/** What is told of an address or target that leads nowhere. */
export function refusal({ message, hint }: Told): DaftError {
  return new DaftError(message, { hint });
}

async function open(place: JobsPlace, id: ReturnType<typeof ensureRepoId>, context: CommandContext): Promise<JobsOfRepository> {
  const { env, now, launcher, stderr } = context;
  const store = openStore(readDirectories(env).state, id);
  const { warning } = createPalette(stderr.colour);
  const mending: Mending = {
    store,
    now,
    launcher: env['DAFT_IS_COORDINATOR'] === undefined ? launcher : null,
    warn: (text) => stderr.stream.write(`${warning('warning:')} ${text}\n`),
    tellBadPolicy: once((line) => stderr.stream.write(`${line}\n`)), // who waits looks again and again
  };
  const { coordinatorLive } = await mend(mending);
  return { ...place, store, history: openHistory(store, { coordinatorLive }), coordinatorLive, mending };
}

function once(tell: (line: string) => void): (line: string) => void {
  let told = false;
  return (line) => {
    if (!told) tell(line);
    told = true;
  };
}
