import { join } from 'node:path';
import { parseSettings } from '../../config';
import { DaftError } from '../../daft-error';
import { fault } from '../../fault';
import { makePrivateDirectory, withFileLock } from '../../fs';
import { askPatiently, deleteBranch, findDefaultBranch, gitFailure, readConfigList, readRef, type Git } from '../../git';
import { lockHolder } from '../../process';
import type { CheckoutContext } from '../checkout-context';
import { requestLabel, requestUrl } from '../request-form';
import type { FetchedHead } from './fetch-head';
import { candidates, chooseLocalBranch, type Branches, type LocalBranch, type Wanted } from './local-branch';
import { pullsHead } from './pull-source';
import type { Remote } from './remotes';
import type { ForgeRequest } from './request';

export interface Claim {
  branch: string;
  /** Did not exist before. */
  made: boolean;
}

/**
 * Makes sure that there is a local branch for a request, which pulls from its head, and says which. One at a time in a
 * repository: the heads of many requests have the same name (`patch-1`), and each must get a branch of its own.
 *
 * Killed on the way it leaves a branch at the head of the request, which the next time is recognised and completed.
 */
export async function claimBranch(
  request: ForgeRequest,
  head: FetchedHead,
  { base, remotes }: { base: string; remotes: readonly Remote[] },
  context: CheckoutContext,
): Promise<Claim> {
  const { services, repository, worktrees } = context;
  const { git, settings } = services;
  const { commonDir } = repository;
  const url = requestUrl(request.forge, request.repository, request.number);
  makePrivateDirectory(join(commonDir, '.daft'));
  return withFileLock(join(commonDir, '.daft', 'requests.lock'), lockHolder(), claim, { timeoutMs: 60_000 });

  async function claim(): Promise<Claim> {
    services.signal.throwIfAborted();
    const branches = await readBranches(base, context);
    const parts = await partsOf(request, head, branches, { base, git, commonDir });
    const wanted: Wanted = { request, url, pullsHead: (source) => pullsHead(source, request, base, remotes), isPartOfRequest: (tip) => parts.has(tip) };
    const choice = chooseLocalBranch(wanted, branches);
    switch (choice.kind) {
      case 'none': {
        const tried = choice.tried.map((name) => `'${name}'`).join(', ');
        throw new DaftError(`No name is left for the branch of ${requestLabel(request)}: ${tried} are taken by others`);
      }
      case 'new':
        await make(choice.branch);
        await configure(choice.branch, undefined);
        return { branch: choice.branch, made: true };
      case 'existing': {
        const { branch } = choice;
        if (!worktrees.some((worktree) => worktree.branch === branch)) await forward(branch, head.commit, { git, commonDir });
        await configure(branch, branches.local.get(branch));
        return { branch, made: false };
      }
    }
  }

  async function make(branch: string): Promise<void> {
    // What a deleted branch of that name may have left: it would decide where this one is pushed to.
    await git.ask(commonDir, ['config', '--remove-section', `branch.${branch}`]);
    const made = await askPatiently(git, commonDir, ['branch', '--no-track', branch, head.commit]);
    services.signal.throwIfAborted();
    if (made.exitCode !== 0) throw gitFailure(`Failed to create the branch of ${requestLabel(request)}`, made);
    if (DAFT_FAULTS) fault('requests: branch made');
  }

  /** `merge` comes last: whoever finds it finds the rest. What is there is the user's, or has been complete before. */
  async function configure(branch: string, found: LocalBranch | undefined): Promise<void> {
    const pulls = settings.checkoutUpstream && found?.merge === undefined;
    const values = [
      ...(found?.request === url ? [] : [['daftRequest', url]]),
      ...(pulls ? [['remote', head.pull.remote], ...(pushesToHead(request, head) ? [['pushRemote', head.pull.remote]] : []), ['merge', head.pull.merge]] : []),
    ];
    for (const [key = '', value = ''] of values) {
      const set = await askPatiently(git, commonDir, ['config', '--replace-all', `branch.${branch}.${key}`, value]);
      if (set.exitCode !== 0) services.narrator.warning(`Failed to set branch.${branch}.${key}: ${set.stderr.trim()}`);
      if (DAFT_FAULTS) fault('requests: branch configured');
    }
  }
}

/** A branch made for a request that then got no worktree; it stays if somebody has taken it up meanwhile. */
export async function giveUpBranch({ branch }: Claim, { commit }: FetchedHead, { services: { git }, repository: { commonDir } }: CheckoutContext): Promise<void> {
  if ((await readRef(git, commonDir, `refs/heads/${branch}`)) === commit) await deleteBranch(git, commonDir, branch);
}

/** As the forge's own tools do it: to a fork, and only if we may. */
function pushesToHead({ head: { home, writable } }: ForgeRequest, { pull }: FetchedHead): boolean {
  return home.kind === 'fork' && writable && pull.merge.startsWith('refs/heads/');
}

async function readBranches(base: string, { services: { git }, repository }: CheckoutContext): Promise<Branches> {
  const { commonDir } = repository;
  const [refs, config, defaultBranch] = await Promise.all([
    git.run(commonDir, ['for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads', `refs/remotes/${base}`], 'Failed to list branches'),
    readConfigList(git, commonDir),
    findDefaultBranch(git, repository, { remote: base, offline: true }),
  ]);
  const { raw } = parseSettings(config);
  const below = (prefix: string) =>
    refs.split('\n').flatMap((line) => {
      const [name = '', tip = ''] = line.split(' ');
      return name.startsWith(prefix) ? [[name.slice(prefix.length), tip] as const] : [];
    });
  const local = below('refs/heads/').map(([name, tip]): [string, LocalBranch] => {
    const value = (key: string) => raw.get(`branch.${name}.${key}`);
    return [name, { tip, remote: value('remote'), merge: value('merge'), request: value('daftrequest') }];
  });
  return { local: new Map(local), ofRemote: new Set(below(`refs/remotes/${base}/`).map(([name]) => name)), defaultBranch };
}

/**
 * Tips of branches that pull from nowhere and are the head of a request, or were: in it, and with commits that the
 * repository has no branch of, as far as its branches are known. Somebody has fetched them by hand, or was killed before saying where they are from.
 */
async function partsOf(
  request: ForgeRequest,
  { commit }: FetchedHead,
  { local, ofRemote }: Branches,
  { base, git, commonDir }: { base: string; git: Git; commonDir: string },
): Promise<ReadonlySet<string>> {
  const parts = new Set([commit]);
  for (const name of candidates(request)) {
    const { tip, merge } = local.get(name) ?? {};
    if (tip === undefined || tip === commit || merge !== undefined || ofRemote.size === 0 || ofRemote.has(name)) continue;
    const [inside, own] = await Promise.all([
      isAncestor(tip, commit, { git, commonDir }),
      git.ask(commonDir, ['rev-list', '--max-count=1', tip, '--not', `--remotes=${base}`]),
    ]);
    if (inside && own.stdout.trim() !== '') parts.add(tip);
  }
  return parts;
}

/** As far as nobody loses a commit; git itself refuses where a worktree is on the branch by now. */
async function forward(branch: string, commit: string, { git, commonDir }: { git: Git; commonDir: string }): Promise<void> {
  const tip = await readRef(git, commonDir, `refs/heads/${branch}`);
  if (tip === undefined || tip === commit || !(await isAncestor(tip, commit, { git, commonDir }))) return;
  await askPatiently(git, commonDir, ['branch', '--no-track', '--force', branch, commit]);
}

async function isAncestor(one: string, other: string, { git, commonDir }: { git: Git; commonDir: string }): Promise<boolean> {
  return (await git.ask(commonDir, ['merge-base', '--is-ancestor', one, other])).exitCode === 0;
}
