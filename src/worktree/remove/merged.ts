import type { Git } from '../../git';

/** Commits to compare, by id. */
export interface Comparison {
  tip: string;
  target: string;
}

/**
 * Whether everything on a branch is on the target too, by whatever way it got there: merged, rebased, squashed, or squashed
 * onto a target that had moved on. A question that git cannot answer counts as a no.
 */
export async function isMerged(git: Git, commonDir: string, comparison: Comparison): Promise<boolean> {
  const { tip, target } = comparison;
  if (tip === target) return true;
  const ask = async (args: readonly string[]) => {
    const answer = await git.ask(commonDir, args, { env: nobody });
    return answer.exitCode === 0 ? answer.stdout.trim() : undefined;
  };
  if ((await ask(['merge-base', '--is-ancestor', tip, target])) !== undefined) return true;
  if (await everyPatchIn(ask, comparison)) return true;

  const mergeBase = await ask(['merge-base', target, tip]);
  if (mergeBase === undefined) return false;
  const squashed = await ask(['commit-tree', `${tip}^{tree}`, '-p', mergeBase, '-m', 'squashed']);
  if (squashed !== undefined && (await everyPatchIn(ask, { tip: squashed, target }))) return true;
  return isSquashedOnto(ask, { ...comparison, mergeBase });
}

type Ask = (args: readonly string[]) => Promise<string | undefined>;

/** The probe writes a commit that nothing refers to, and must not depend on whether the user has told git a name. */
const nobody = { GIT_AUTHOR_NAME: 'daft', GIT_AUTHOR_EMAIL: 'daft@localhost', GIT_COMMITTER_NAME: 'daft', GIT_COMMITTER_EMAIL: 'daft@localhost' };

async function everyPatchIn(ask: Ask, { tip, target }: Comparison): Promise<boolean> {
  const cherries = await ask(['cherry', target, tip]);
  return cherries !== undefined && cherries.split('\n').every((line) => line === '' || line.startsWith('- '));
}

// Control characters are always quoted in names, so no line with a name begins like this.
const headMark = '\u0001';

/** Whether some commit of the target is what merging the branch into its parent would have made (git 2.38 and later). */
async function isSquashedOnto(ask: Ask, { tip, target, mergeBase }: Comparison & { mergeBase: string }): Promise<boolean> {
  const range = [mergeBase, tip];
  const names = await ask(['diff', '--name-only', '--no-renames', ...range]);
  const [first] = (await ask(['diff', '--name-only', '--no-renames', '-z', ...range]))?.split('\0') ?? [];
  if (names === undefined || names === '' || first === undefined) return false;
  // Commits that touch the same files touch the first of them.
  const log = await ask([
    '--literal-pathspecs', 'log', '--first-parent', '-m', '--full-diff', '--name-only', '--no-renames', '--no-show-signature',
    '--format=%x01%T %P', `${mergeBase}..${target}`, '--', first,
  ]);
  for (const entry of log?.split(headMark).slice(1) ?? []) {
    const [head = '', ...touched] = entry.split('\n').filter((line) => line !== '');
    const [tree, parent] = head.split(' ');
    if (tree === undefined || parent === undefined || touched.join('\n') !== names) continue;
    if ((await ask(['merge-tree', '--write-tree', parent, tip])) === tree) return true;
  }
  return false;
}
