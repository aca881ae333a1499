import { DaftError } from '../../daft-error';
import { remoteOfRun, type CheckoutContext, type CheckoutRequest } from '../checkout-context';
import { openBranch, type Opened } from '../open-branch';
import { parseRequestForm, requestLabel, requestUrl, type RequestForm } from '../request-form';
import { claimBranch, giveUpBranch, type Claim } from './claim-branch';
import { fetchHead } from './fetch-head';
import { withoutForeignHooks } from './foreign-hooks';
import { isSameRepository } from './location';
import { lookUp } from './look-up';
import { findRemote, readRemotes, type Remote } from './remotes';
import { introduce, type ForgeRequest } from './request';

export interface OpenedRequest {
  opened: Exclude<Opened, { kind: 'not-found' }>;
  /** Commits that only one of them has, the local branch and the head of the request; undefined where that was not looked up. */
  apart: { here: number; there: number } | undefined;
}

/**
 * Leads to the worktree of a pull or merge request (worktrees-create.md, Beyond 4): finds out what it is, fetches its head,
 * makes sure of a local branch, and opens that like any other. `branch` of the request is of no account.
 *
 * A local branch that is there is moved forward at most, and only while no worktree is on it.
 */
export async function openRequest(form: RequestForm, request: CheckoutRequest, context: CheckoutContext): Promise<OpenedRequest> {
  const { services, repository } = context;
  const { git, settings, narrator } = services;
  const preferred = remoteOfRun(request, context);
  const remotes = await readRemotes(git, repository.commonDir, settings.raw);
  if (form.repository !== undefined) requireOneOfOurs(form, form.repository, remotes, preferred);
  if (request.local === true) return openOffline(form, request, context, new DaftError(`--local cannot be used: looking up ${requestLabel(form)} needs the network`));

  const found = await lookUp(form, services);
  if (found.kind === 'failed') return openOffline(form, request, context, found.error);
  narrator.info(introduce(found.request));

  // Whatever URL leads there, a repository that the tool took for this one is that of the remote of the run: what is not
  // fetched from there is found missing.
  const base = findRemote(remotes, found.request.repository, preferred)?.name ?? preferred;
  const head = await fetchHead(found.request, { base, remotes }, context);
  const guarded = { ...context, services: await withoutForeignHooks(found.request, head, base, context) };
  const claim = await claimBranch(found.request, head, { base, remotes }, context);
  try {
    const opened = await openBranch({ ...request, branch: claim.branch }, withBranch(claim, head.pull.remote, guarded));
    if (opened.kind === 'not-found') throw new DaftError(`Branch '${claim.branch}' has been deleted by somebody else meanwhile`);
    return { opened, apart: await compare(opened.branch, head.commit, context) };
  } catch (error) {
    if (claim.made) await giveUpBranch(claim, head, context);
    throw error;
  }
}

/** Throws DaftError for a URL of another repository. */
function requireOneOfOurs(form: RequestForm, wanted: ForgeRequest['repository'], remotes: readonly Remote[], preferred: string): void {
  if (findRemote(remotes, wanted, preferred) !== undefined) return;
  const ours = remotes.map(({ name, locations: [location] }) => `'${name}' is ${location === undefined ? 'on no host' : `${location.host}/${location.path}`}`);
  throw new DaftError(
    `${requestUrl(form.forge, wanted, form.number)} is a request of ${wanted.host}/${wanted.path}, which no remote of this repository is: ${ours.join(', ') || 'it has none'}`,
  );
}

/** Without any network: for a branch that has been opened for this request before. Throws `otherwise` where there is none. */
async function openOffline(form: RequestForm, request: CheckoutRequest, context: CheckoutContext, otherwise: DaftError): Promise<OpenedRequest> {
  const branch = branchOpenedFor(form, context.services.settings.raw);
  if (branch === undefined) throw otherwise;
  const opened = await openBranch({ ...request, branch, local: true }, context);
  if (opened.kind === 'not-found') throw otherwise;
  if (request.local !== true) context.services.narrator.warning(`${otherwise.message}\nThis is what has been fetched before.`);
  return { opened, apart: undefined };
}

/** As far as the configuration tells; undefined also if several repositories have a request of this number. */
function branchOpenedFor({ forge, number, repository }: RequestForm, raw: ReadonlyMap<string, string>): string | undefined {
  const branches = [...raw].flatMap(([key, value]) => {
    const [, branch] = /^branch\.(.+)\.daftrequest$/s.exec(key) ?? [];
    const recorded = parseRequestForm(value);
    if (branch === undefined || recorded?.repository === undefined || recorded.forge !== forge || recorded.number !== number) return [];
    return repository === undefined || isSameRepository(recorded.repository, repository) ? [branch] : [];
  });
  return branches.length === 1 ? branches[0] : undefined;
}

/** The head has been fetched, and its branch configured: nothing is left to do about that. */
function withBranch({ branch, made }: Claim, remote: string, context: CheckoutContext): CheckoutContext {
  const { services } = context;
  const { settings } = services;
  const key = `branch.${branch}.remote`;
  const raw = new Map(settings.raw).set(key, (made ? undefined : settings.raw.get(key)) ?? remote);
  return { ...context, services: { ...services, settings: { ...settings, raw, checkoutFetch: false, checkoutUpstream: false } } };
}

async function compare(branch: string, commit: string, { services: { git }, repository: { commonDir } }: CheckoutContext): Promise<OpenedRequest['apart']> {
  const counted = await git.ask(commonDir, ['rev-list', '--left-right', '--count', `refs/heads/${branch}...${commit}`]);
  const [, here, there] = /^(\d+)\t(\d+)$/m.exec(counted.stdout) ?? [];
  return here === undefined || there === undefined ? undefined : { here: Number(here), there: Number(there) };
}
