// Walks repositories full of uncommitted things through random layouts, and lets a step fail, or kills the command, on the
// way. Nothing is ever lost; a step that fails leaves the exact beginning; a kill leaves what the next command takes back.

import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compare, openGround } from '../conversions.mjs';
import { exactState, inventory, worktreesOf } from '../treasure.mjs';

export const counts = { long: 60, short: 1 };

const layouts = ['contained', 'contained-classic', 'contained-flat', 'sibling', 'nested', 'centralized', '{{ repo }}/trees/{{ branch }}', '../all/{{ repo }}-{{ branch | sanitize }}'];
/** Refusals that leave everything as it was. */
const refusals = [/Target path already exists: /, /is locked/, /lies inside that of/, /cannot move a main working tree/];

export async function run(world, { count, random, violation }) {
  mkdirSync(world.state, { recursive: true });
  const tally = { transforms: 0, refused: 0, failed: 0, killed: 0, resumed: 0 };
  for (let walk = 0; walk < count; walk += 1) {
    const ground = openGround(world, `walk-${walk}`, random, { submodule: random.chance(0.2) });
    const told = (what, detail) => violation(`walk ${walk}: ${what}${detail ? `\n${detail}` : ''}`);
    await stroll(ground, { random, told, tally });
    ground.close();
  }
  return `${count} repositories, ${tally.transforms} transforms, ${tally.refused} refused, ${tally.failed} failed and taken back, ${tally.killed} killed, ${tally.resumed} of them taken back later`;
}

async function stroll({ root, git, submodule, commonDir, mainPlace, daft }, { random, told, tally }) {
  const treasure = inventory(commonDir(), git);
  // Without its entry in .gitignore, which is worth a warning, the directory of the worktrees is in sight, also after a transform that moves nothing.
  let inSight = false;
  const look = () => inventory(commonDir(), git, { inSight });
  for (let step = 0; step < 5; step += 1) {
    const before = exactState(root, commonDir(), git);
    const layout = random.pick(layouts);
    const blow = random.pick(['none', 'EIO', 'kill']);
    const log = join(root, 'passages');
    rmSync(log, { force: true });
    const strike = blow === 'none' ? {} : { DAFT_FAULT: `*@${1 + random.below(90)}:${blow}`, DAFT_FAULT_LOG: log };
    const cwd = random.pick(worktreesOf(commonDir(), git)).path;
    const ran = await daft(['layout', 'transform', layout, '--force'], { cwd, env: strike });
    const what = `step ${step}, to ${layout} with ${strike.DAFT_FAULT ?? 'no blow'} (exit ${ran.code})`;

    if (ran.code === 'SIGKILL') {
      tally.killed += 1;
      const point = readFileSync(log, 'utf8').trim().split('\n').at(-1);
      const at = `${what} at '${point}'`;
      const left = existsSync(join(commonDir() ?? '/', '.daft/transform/journal'));
      // Whoever comes next, wherever the repository is found from.
      const next = await daft(['layout', 'transform', 'sibling', '--force', '-v'], { cwd: mainPlace() });
      if (left) tally.resumed += 1;
      if (left && !next.output.includes('interrupted half-way')) told(`${at}: nobody speaks of what was left`, next.output);
      if (next.code !== 0 && !isExpected(next, submodule)) told(`${at}: the next command fails (${next.code})`, next.output);
      compare(treasure, look(), `${at}, after the next command`, told, `${ran.output}\n--\n${next.output}`);
      continue;
    }
    const after = exactState(root, commonDir(), git);
    if (ran.code === 0) {
      tally.transforms += 1;
      inSight ||= ran.output.includes('Could not update .gitignore');
      compare(treasure, look(), what, told, ran.output);
      if (after.leftovers.length > 0) told(`${what} leaves ${after.leftovers.join(', ')}`);
    } else if (/Failed to save layout/.test(ran.output)) {
      compare(treasure, look(), what, told, ran.output);
    } else {
      if (refusals.some((pattern) => pattern.test(ran.output))) tally.refused += 1;
      else if (blow !== 'none' || isExpected(ran, submodule)) tally.failed += 1; // in the middle of a write a kill is an error, too
      else told(`${what}: unexpected`, ran.output);
      compare(before, after, `${what}, taken back`, told, ran.output);
    }
  }
}

/** git itself refuses to move linked worktrees of a repository with submodules. */
function isExpected({ output }, submodule) {
  return refusals.some((pattern) => pattern.test(output)) || (submodule && /working trees containing submodules cannot be moved/.test(output));
}
