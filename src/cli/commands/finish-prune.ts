/** The detached helper of a large prune: what nobody sees any more is deleted while the user goes on. */
import { finishCleanup } from '../../cleanup';
import { readDirectories } from '../../config';
import { openStore, parseRepoId } from '../../logstore';
import type { CommandContext } from '../context';
import type { ParsedArguments } from '../spec';

export async function run({ env, now }: CommandContext, parsed: ParsedArguments): Promise<number> {
  const { state } = readDirectories(env);
  for (const name of parsed.variadic('repo-id')) {
    const id = parseRepoId(name);
    if (id !== undefined) finishCleanup(openStore(state, id), now());
  }
  return 0;
}
