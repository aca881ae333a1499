import type { Messages } from '../../output';

/** Says where a branch is not what its request has by now; that it is further on is no news to who has committed there. */
export function tellApart(
  { branch, label, here, there }: { branch: string; label: string; here: number; there: number },
  messages: Pick<Messages, 'info' | 'warning'>,
): void {
  if (there === 0) return;
  if (here === 0) messages.info(`'${branch}' is ${commits(there)} behind ${label}. To get them: git pull`);
  else messages.warning(`'${branch}' and ${label} have diverged: ${commits(here)} only here, ${commits(there)} only there. Nothing was changed.`);
}

function commits(count: number): string {
  return count === 1 ? '1 commit' : `${count} commits`;
}
