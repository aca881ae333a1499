/** "Did you mean": which of the known names a mistyped word comes close to. Pure. */

/**
 * Nearest first, ties in alphabetical order, at most five. Near is a Levenshtein distance of at most three, or a third of
 * the longer name if that is more; the word itself is not similar to itself.
 */
export function similarTo(word: string, names: Iterable<string>): readonly string[] {
  return [...new Set(names)]
    .map((name) => ({ name, distance: distance(word, name), tolerated: Math.max(3, Math.floor(Math.max(lengthOf(word), lengthOf(name)) / 3)) }))
    .filter((candidate) => candidate.distance > 0 && candidate.distance <= candidate.tolerated)
    .toSorted((one, other) => one.distance - other.distance || (one.name < other.name ? -1 : 1))
    .slice(0, 5)
    .map(({ name }) => name);
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** Levenshtein distance over characters. */
export function distance(one: string, other: string): number {
  const target = Array.from(other);
  let previous = Array.from({ length: target.length + 1 }, (_, column) => column);
  for (const [row, character] of Array.from(one).entries()) {
    const current = [row + 1];
    for (const [column, wanted] of target.entries()) {
      const replaced = at(previous, column) + (character === wanted ? 0 : 1);
      current.push(Math.min(replaced, at(previous, column + 1) + 1, at(current, column) + 1));
    }
    previous = current;
  }
  return at(previous, target.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
