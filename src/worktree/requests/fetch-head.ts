import { DaftError } from '../../daft-error';
import { fault } from '../../fault';
import { gitsComplaint, readRef, transfer } from '../../git';
import type { CheckoutContext } from '../checkout-context';
import { requestLabel } from '../request-form';
import { attemptsAt, type Attempt, type PullSource } from './pull-source';
import type { Remote } from './remotes';
import type { ForgeRequest } from './request';

export interface FetchedHead {
  commit: string;
  pull: PullSource;
}

/** Gets the commits of a request, without any ref of ours that could stay behind: only the tracking branch of a remote is moved. */
export async function fetchHead(
  request: ForgeRequest,
  { base, remotes }: { base: string; remotes: readonly Remote[] },
  { services, repository: { commonDir } }: CheckoutContext,
): Promise<FetchedHead> {
  const { git, signal, narrator } = services;
  const label = requestLabel(request);
  const complaints: string[] = [];
  for (const { fetch, pull } of attemptsAt(request, base, remotes)) {
    narrator.step(`Fetching ${label} from '${fetch.remote}'`);
    const fetched = await transfer(git, commonDir, ['fetch', '--no-tags', '--', fetch.remote, refspecOf(fetch)], { signal });
    if (fetched.exitCode !== 0) {
      complaints.push(`Failed to fetch '${fetch.ref}' from '${fetch.remote}': ${gitsComplaint(fetched)}`);
      continue;
    }
    if (DAFT_FAULTS) fault('requests: fetched');
    const commit = fetch.tracking === undefined ? request.head.commit : ((await readRef(git, commonDir, fetch.tracking)) ?? request.head.commit);
    const there = await git.ask(commonDir, ['cat-file', '-e', `${commit}^{commit}`]);
    if (there.exitCode === 0) return { commit, pull };
    complaints.push(`'${fetch.ref}' of '${fetch.remote}' does not have ${commit}, the head of ${label}: if it has just been pushed to, try again`);
  }
  throw new DaftError(complaints[0] ?? `Failed to fetch ${label}`);
}

function refspecOf({ ref, tracking }: Attempt['fetch']): string {
  return tracking === undefined ? ref : `+${ref}:${tracking}`;
}
