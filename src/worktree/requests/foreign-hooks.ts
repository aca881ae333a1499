import { scriptDirectory } from '../../hooks';
import type { CheckoutContext } from '../checkout-context';
import { requestLabel } from '../request-form';
import type { WorktreeServices } from '../worktree-services';
import type { FetchedHead } from './fetch-head';
import type { ForgeRequest } from './request';

/** What decides which commands daft runs by itself: daft.yml in its places, the files that are merged with it, and scripts. */
const paths = [':(glob)*daft*', ':(glob).config/*daft*', ':(glob)worktree-*', ':(glob)post-clone*', '.config/daft', scriptDirectory];

/**
 * Services for opening a request. The trust in a repository's hooks is trust in those who may write to it: if somebody else
 * has changed the hooks in a fork, nothing of that runs only because the request was opened.
 */
export async function withoutForeignHooks(
  request: ForgeRequest,
  { commit }: FetchedHead,
  base: string,
  { services, repository: { commonDir } }: CheckoutContext,
): Promise<WorktreeServices> {
  if (request.head.home.kind === 'base') return services;
  const changes = await services.git.ask(commonDir, ['rev-list', '--max-count=1', commit, '--not', `--remotes=${base}`, '--', ...paths]);
  if (changes.exitCode === 0 && changes.stdout.trim() === '') return services;
  let told = false;
  return {
    ...services,
    async fireHook() {
      const { exe, narrator } = services;
      if (!told) narrator.warning(`Hooks are not run: ${requestLabel(request)} changes them, and comes from a fork.\nOnce you have seen what they do, run them in the worktree: ${exe} hooks run worktree-post-create`);
      told = true;
      return { kind: 'skipped', reason: 'changed by a stranger' };
    },
  };
}
