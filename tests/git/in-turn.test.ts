import { expect, test } from 'vitest';
import { inTurn } from '../../src/git';

test('so many questions are under way at a time, and the answers keep the order of the questions', async () => {
  let underWay = 0;
  let most = 0;
  const answers = await inTurn([5, 1, 4, 2, 3, 0], 2, async (turns) => {
    underWay += 1;
    most = Math.max(most, underWay);
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    underWay -= 1;
    return turns * 10;
  });
  expect(answers).toEqual([50, 10, 40, 20, 30, 0]);
  expect(most).toBe(2);
});
