export interface Author {
  name: string;
  email: string;
}

const ownershipStrategies = ['tip', 'any', 'first', 'plurality', 'majority', 'recency-plurality'] as const;
export type OwnershipStrategy = (typeof ownershipStrategies)[number];

/** `daft.ownership.strategy`; an unknown value counts as the default, and is named to be complained of. */
export function parseOwnershipStrategy(value: string | null): { strategy: OwnershipStrategy; unknown?: string } {
  const strategy = ownershipStrategies.find((known) => known === value);
  if (strategy !== undefined) return { strategy };
  return value === null ? { strategy: 'recency-plurality' } : { strategy: 'recency-plurality', unknown: value };
}

/**
 * @param authors of the commits that are on the branch and not on its base, newest first
 * @param me email of the user, if configured
 * @returns undefined for an empty range, and where no author has the majority that `majority` asks for
 */
export function findOwner(authors: readonly Author[], strategy: OwnershipStrategy, me: string | undefined): Author | undefined {
  const newest = authors[0];
  if (newest === undefined) return undefined;
  switch (strategy) {
    case 'tip':
      return displayed(newest, authors);
    case 'any':
      return displayed(authors.find((author) => me !== undefined && sameEmail(author.email, me)) ?? newest, authors);
    case 'first':
      return displayed(authors.at(-1) ?? newest, authors);
    case 'plurality':
      return heaviest(authors, () => 1)?.author;
    case 'majority': {
      const leader = heaviest(authors, () => 1);
      return leader !== undefined && leader.weight > authors.length / 2 ? leader.author : undefined;
    }
    case 'recency-plurality':
      return heaviest(authors, (index) => 1 / (index + 1))?.author;
  }
}

/** 1/2 + 1/3 + 1/6 is a little less than 1 to a computer. */
const sameWeight = 1e-9;

/** Ties go to the author of the more recent commit. */
function heaviest(authors: readonly Author[], weightOf: (index: number) => number): { author: Author; weight: number } | undefined {
  const candidates = new Map<string, { author: Author; weight: number }>();
  for (const [index, author] of authors.entries()) {
    const email = author.email.toLowerCase();
    const candidate = candidates.get(email) ?? { author, weight: 0 };
    candidate.weight += weightOf(index);
    candidates.set(email, candidate);
  }
  const all = [...candidates.values()];
  const most = Math.max(...all.map(({ weight }) => weight));
  // Insertion order is recency.
  return all.find(({ weight }) => weight >= most - sameWeight);
}

/** The author under the name last used with that email. */
function displayed(author: Author, authors: readonly Author[]): Author {
  return authors.find(({ email }) => sameEmail(email, author.email)) ?? author;
}

function sameEmail(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
