// Worktree commands against the git commands that they cannot do without.

import { interleave, median } from './harness.mjs';

export const title = 'worktrees';

export async function measure(world, table) {
  const path = world.repository('many');
  for (let index = 0; index < 50; index += 1) world.git(path, 'worktree', 'add', '--quiet', '-b', `topic/${index}`, `../many.topic-${index}`);
  const perWorktree = 'git -C "$0" status --porcelain=v2 -z >/dev/null; git -C "$0" rev-list --left-right --count main...HEAD >/dev/null';
  const calls = `git for-each-ref >/dev/null; git worktree list --porcelain | sed -n 's/^worktree //p' | xargs -P 2 -I {} sh -c '${perWorktree}' {}`;
  const list = await interleave({ git: () => world.shell(path, calls), daft: () => world.daft(path, 'list') }, { runs: 9 });
  table.row({ what: 'daft list, 51 worktrees, over its git calls', floor: median(list.git), ours: median(list.daft), most: 40 });
  table.row({ what: 'daft list, 51 worktrees, in all', ours: median(list.daft), most: 300 });

  const few = world.repository('few');
  let number = 0;
  const made = { git: [], daft: [] };
  const branch = (who) => {
    number += 1;
    made[who].push(`${who}/${number}`);
    return `${who}/${number}`;
  };
  const start = await interleave(
    {
      git: () => {
        const name = branch('git');
        world.git(few, 'worktree', 'add', '--quiet', '-b', name, `../few.${name.replace('/', '-')}`);
      },
      daft: () => void world.daft(few, 'start', '--no-cd', branch('daft')),
    },
    { runs: 15 },
  );
  table.row({ what: 'daft start without hooks, over git worktree add -b', floor: median(start.git), ours: median(start.daft), most: 60 });

  const remove = await interleave(
    {
      git: () => {
        const name = made.git.pop();
        world.git(few, 'worktree', 'remove', `../few.${name.replace('/', '-')}`);
        world.git(few, 'branch', '--quiet', '-D', name);
      },
      daft: () => void world.daft(few, 'remove', made.daft.pop()),
    },
    { runs: 15 },
  );
  table.row({ what: 'daft remove, over git worktree remove and branch -D', floor: median(remove.git), ours: median(remove.daft), most: 50 });
}
