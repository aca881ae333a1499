import { resolveAddress, resolveInvocation } from '../../jobs';
import { pinInvocation } from '../../logstore';
import type { Invocation, Store } from '../../logstore';
import { describeAddressFailure, printable } from '../../output/jobs';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';
import { UsageError } from '../usage-error';
import { openJobs, refusal } from './hooks-jobs-open';

export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const { store, invocation } = await findPinnable(context, parsed, 'pin');
  const title = titleOf(invocation);
  switch (pinInvocation(store, invocation.id)) {
    case 'pinned':
      context.stdout.stream.write(`Pinned ${title}\n`);
      return 0;
    case 'was-pinned':
      context.stdout.stream.write(`Already pinned: ${title}\n`);
      return 0;
    case 'gone':
      throw refusal(describeAddressFailure({ kind: 'unknown-prefix', prefix: invocation.id, worktree: undefined }, context.now()));
  }
}

/** The invocation that an address or `--inv` leads to: of a job its own one, and of one with several jobs that one. */
export async function findPinnable(
  context: CommandContext,
  parsed: ParsedArguments,
  verb: 'pin' | 'unpin',
): Promise<{ store: Store; invocation: Invocation }> {
  const token = parsed.argument('address');
  const inv = parsed.text('inv');
  if (token === undefined && inv === undefined) throw new UsageError(`${verb} requires a job address or --inv`);
  const { store, history, here } = await openJobs(context);
  const resolution = token === undefined ? resolveInvocation(inv ?? '', { history }) : resolveAddress(token, { history, here, inv });
  if (resolution.kind !== 'failed') return { store, invocation: resolution.invocation.invocation };
  const { failure } = resolution;
  if (failure.kind === 'several-jobs' || failure.kind === 'empty-invocation') return { store, invocation: failure.invocation.invocation };
  throw refusal(describeAddressFailure(failure, context.now()));
}

export function titleOf({ id, worktree, trigger }: Invocation): string {
  return `invocation ${id.slice(0, 4)} (${printable(worktree)}, ${printable(trigger)})`;
}
