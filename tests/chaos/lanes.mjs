import { openWorld } from './world.mjs';

/**
 * Plays in several worlds at a time: most of a round is waiting.
 *
 * @param settle called in each world at the end
 * @param trial gets `playAll(next, play)`, which has `play(lane, round)` for one round after the other until `next()` has none
 */
export async function inLanes(world, { lanes, setUp, settle = () => {}, violation }, trial) {
  const others = Array.from({ length: lanes - 1 }, openWorld);
  const all = [world, ...others];
  const inEach = (act) => Promise.all(all.map(act));
  try {
    await inEach(setUp);
    await trial((next, play) =>
      inEach(async (lane) => {
        for (let round = next(); round !== undefined; round = next()) await play(lane, round);
      }),
    );
    await inEach(settle);
    for (const other of others) for (const left of await other.leftovers()) violation(`left behind: ${left}`);
  } finally {
    for (const other of others) other.close();
  }
}
