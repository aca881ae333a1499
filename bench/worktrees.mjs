// Worktree commands against the git commands that they cannot do without.

import { interleave, median } from './harness.mjs';

export const title = 'worktrees';

export async function measure(world, table) {
  await measureCommands(world, table);
  await measureFanOut(world, table);
  await measureTransform(world, table);
}

const sixteen = (who) => Array.from({ length: 16 }, (_, index) => `${who}-${index}`);

/** Sixteen worktrees at once, by daft and by git, and one after the other. */
async function measureFanOut(world, table) {
  let path;
  let round = 0;
  const add = 'git worktree add --quiet -b "$0" "../$0-$PPID" || true'; // some fail, and are the faster for it
  const start = 'daft start --no-cd --quiet "$0"';
  const atOnce = (command, all) => world.shell(path, `printf '%s\\n' ${all.join(' ')} | xargs -P 16 -I {} sh -c '${command}' {}`);
  const inTurn = (command, all) => world.shell(path, `printf '%s\\n' ${all.join(' ')} | xargs -P 1 -I {} sh -c '${command}' {}`);
  const ran = await interleave(
    {
      gitInTurn: () => inTurn(add, sixteen('git-in-turn')),
      gitAtOnce: () => atOnce(add, sixteen('git-at-once')),
      daftInTurn: () => inTurn(start, sixteen('daft-in-turn')),
      daftAtOnce: () => atOnce(start, sixteen('daft-at-once')),
    },
    {
      runs: 5,
      // Every worktree that is there already costs git time.
      before: async () => void (path = world.repository(`fan-${(round += 1)}`)),
    },
  );
  table.row({ what: '16 worktrees one after the other, over git worktree add -b', floor: ran.gitInTurn, ours: ran.daftInTurn, most: 16 * 60 });
  table.row({ what: '16 worktrees at once, over git worktree add -b', floor: ran.gitAtOnce, ours: ran.daftAtOnce, most: 16 * 60 });
  table.row({ what: '16 worktrees at once, beside one after the other', floor: ran.daftInTurn, ours: ran.daftAtOnce, most: 0 });
}

/** From one layout to another and back. */
async function measureTransform(world, table) {
  const path = world.repository('moving');
  for (let index = 0; index < 50; index += 1) world.git(path, 'worktree', 'add', '--quiet', '-b', `topic/${index}`, `../moving.topic-${index}`);
  const move = (from, to) => world.shell(path, `for n in $(seq 0 49); do git worktree move ${from}$n ${to}$n || exit 1; done`);
  world.shell(path, 'mkdir ../elsewhere');
  const ran = await interleave(
    {
      git: () => (move('../moving.topic-', '../elsewhere/'), move('../elsewhere/', '../moving.topic-')),
      daft: () => (world.daft(path, 'layout', 'transform', 'centralized'), world.daft(path, 'layout', 'transform', 'sibling')),
    },
    { runs: 3 },
  );
  table.row({ what: 'layout transform of 50 worktrees, there and back, over bare moves', floor: ran.git, ours: ran.daft });
}

async function measureCommands(world, table) {
  const path = world.repository('many');
  for (let index = 0; index < 50; index += 1) world.git(path, 'worktree', 'add', '--quiet', '-b', `topic/${index}`, `../many.topic-${index}`);
  const perWorktree = 'git -C "$0" status --porcelain=v2 -z >/dev/null; git -C "$0" rev-list --left-right --count main...HEAD >/dev/null';
  const calls = `git for-each-ref >/dev/null; git worktree list --porcelain | sed -n 's/^worktree //p' | xargs -P 2 -I {} sh -c '${perWorktree}' {}`;
  const list = await interleave({ git: () => world.shell(path, calls), daft: () => world.daft(path, 'list') }, { runs: 9 });
  table.row({ what: 'daft list, 51 worktrees, over its git calls', floor: list.git, ours: list.daft, most: 40 });
  table.row({ what: 'daft list, 51 worktrees, in all', ours: median(list.daft), most: 300 });

  const statuses = `ls -d ../many.topic-* | xargs -P 4 -I {} git -C {} status --porcelain >/dev/null`;
  const complete = await interleave({ git: () => world.shell(path, statuses), daft: () => world.daft(path, '__complete', 'daft-go', '') }, { runs: 9 });
  table.row({ what: 'completion of 51 worktrees, over git status in each', floor: complete.git, ours: complete.daft });

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
  table.row({ what: 'daft start without hooks, over git worktree add -b', floor: start.git, ours: start.daft, most: 60 });

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
  table.row({ what: 'daft remove, over git worktree remove and branch -D', floor: remove.git, ours: remove.daft, most: 50 });
}
