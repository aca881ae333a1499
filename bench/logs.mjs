// Output of background jobs: the kernel writes it, nothing of ours is in its way; a follower sees it soon; and however much
// it is, showing all of it takes no memory, and showing its end no time.

import { appendFileSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { interleave, median, until } from './harness.mjs';

export const title = 'logs';

const megabytes = 400;

export async function measure(world, table) {
  const spill = `head -c ${megabytes}M /dev/zero | tr "\\\\0" x`;
  const mark = join(world.root, 'spilled');
  // The job measures itself: dispatch and start are not what is asked here.
  const timed = `b=$(date +%s%N); { ${spill}; }; e=$(date +%s%N); echo $((e - b)) > ${mark}`;
  const path = world.repository('logs', `hooks:\n  worktree-post-create:\n    jobs:\n      - name: spill\n        background: true\n        run: |\n          ${timed}\n`);
  const own = () => Number(readFileSync(mark, 'utf8')) / 1e6;
  const throughput = await interleave(
    {
      shell: () => {
        rmSync(mark, { force: true });
        world.shell(world.work, `sh -c '${timed.replaceAll("'", "'\\''")}' > ${join(world.root, 'plain.log')}`);
        return own();
      },
      job: async () => {
        rmSync(mark, { force: true });
        world.daft(path, 'hooks', 'run', 'worktree-post-create');
        // Looked for seldom: who asks every few milliseconds takes a part of the cores that the job needs.
        await until('the end of the job', () => existsSync(mark), { everyMs: 200 });
        await world.idle();
        return own();
      },
    },
    { runs: 9 },
  );
  // The fastest runs: both cores are busy with it, so that anything else that happens doubles the time, but nothing makes a pipe faster.
  const share = (100 * throughput.shell[0]) / throughput.job[0];
  table.row({ what: `log throughput of ${megabytes} MB, share of sh -c cmd >file`, ours: share, unit: ' %', least: 95 });

  const feed = join(world.root, 'feed');
  const talker = world.repository('talker', `hooks:\n  worktree-post-create:\n    jobs:\n      - { name: talk, background: true, run: 'touch ${feed}; exec tail -n +1 -f ${feed}' }\n`);
  world.daft(talker, 'hooks', 'run', 'worktree-post-create');
  const follower = world.start(talker, 'daft', ['hooks', 'jobs', 'logs', '--follow', 'talk']);
  let seen = '';
  follower.stdout.setEncoding('utf8').on('data', (text) => (seen += text));
  await until('the follower to begin', () => seen.includes('--- output ---'));
  let number = 0;
  const latency = await interleave(
    {
      line: async () => {
        number += 1;
        appendFileSync(feed, `line ${number}.\n`);
        const written = performance.now();
        await until('the line', () => seen.includes(`line ${number}.`), { everyMs: 1 });
        return performance.now() - written;
      },
    },
    { runs: 15 },
  );
  table.row({ what: 'follow: a line is shown after', ours: median(latency.line), most: 100 });
  world.daft(talker, 'hooks', 'jobs', 'cancel', 'talk');
  await world.idle();
  await until('the follower to end', () => follower.exitCode !== null);

  await measureLongLog(world, table);
}

/** A failed job with a gigabyte of output. Its end is in the listing of what failed, the whole in `logs`. */
async function measureLongLog(world, table) {
  const path = world.repository('long', 'hooks:\n  worktree-post-create:\n    jobs:\n      - { name: long, background: true, run: "yes a line as long as most of them are | head -c 1G; exit 1" }\n');
  world.daft(path, 'hooks', 'run', 'worktree-post-create');
  await world.idle();
  const log = /^Full log: (.*)$/m.exec(world.shell(path, 'daft hooks jobs logs long | tail -n 1'))[1];
  const { size } = statSync(log);
  if (size !== 1 << 30) throw new Error(`the log has ${size} bytes`);

  const samples = await interleave(
    {
      tail: () => world.shell(path, `tail -n 3 ${log}`),
      end: () => world.daft(path, 'hooks', 'jobs', '--failed'),
      cat: () => world.shell(path, `cat ${log} | cat >/dev/null`),
      whole: () => world.shell(path, 'daft hooks jobs logs long | cat >/dev/null'),
    },
    { runs: 7 },
  );
  table.row({ what: 'the end of a log of 1 GB in the listing, over tail', floor: samples.tail, ours: samples.end, most: 60 });
  const [floor, ours] = [median(samples.cat), median(samples.whole)];
  table.row({ what: 'all of a log of 1 GB through a pipe, over cat', floor, ours });
  table.row({ what: '... as a share of what cat takes', ours: (100 * ours) / floor, unit: ' %', most: 150 });
  const bare = world.peakMb(world.work, 'node', ['-e', '0']);
  table.memory({ what: 'hooks jobs --failed with a log of 1 GB', floor: bare, ours: world.peakMb(path, 'daft', ['hooks', 'jobs', '--failed']) });
  table.memory({ what: 'hooks jobs logs of 1 GB', floor: bare, ours: world.peakMb(path, 'sh', ['-c', 'daft hooks jobs logs long | cat >/dev/null']) });
}
