import { openWorld } from './world.mjs';

/**
 * Plays one round after the other in several worlds at a time: most of a round is waiting.
 *
 * @param next the next round, or undefined if there are none left
 * @param play.settle called in each world after its last round
 */
export async function inLanes(world, { lanes, next, violation }, { setUp, play, settle }) {
  const others = Array.from({ length: lanes - 1 }, openWorld);
  try {
    await Promise.all(
      [world, ...others].map(async (lane) => {
        await setUp(lane);
        for (let round = next(); round !== undefined; round = next()) await play(lane, round);
        await settle(lane);
      }),
    );
    for (const other of others) for (const left of await other.leftovers()) violation(`left behind: ${left}`);
  } finally {
    for (const other of others) other.close();
  }
}
