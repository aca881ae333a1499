/**
 * Answers in the order of the questions, `places` of them under way at a time: a git for each worktree of many, all at
 * once, would take the machine from whoever works on it.
 */
export async function inTurn<Item, Answer>(items: readonly Item[], places: number, ask: (item: Item) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const work = async () => {
    for (let index = next++; index < items.length; index = next++) answers[index] = await ask(items[index]!);
  };
  await Promise.all(Array.from({ length: Math.min(places, items.length) }, work));
  return answers;
}

/** Items in groups that are worth a process each, but not so large that one of `places` would still be at work when the others have nothing left. */
export function inGroups<Item>(items: readonly Item[], places: number): Item[][] {
  const size = Math.min(8, Math.ceil(items.length / (4 * places)));
  return items.flatMap((_, at) => (at % size === 0 ? [items.slice(at, at + size)] : []));
}
