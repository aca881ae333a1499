import { sha256 } from '../fs';

/** As long as a label of a host name may be, and a database of PostgreSQL. */
const longest = 63;
const hashLength = 8;

/**
 * A name for containers, databases and hosts: `a-z`, `0-9` and inner dashes, 1 to 63 characters. What had to be cut, or of
 * which nothing would be left, ends in a hash, so that long names with a common beginning do not meet; short ones that
 * differ in signs only, as `a/b` and `a-b`, do.
 */
export function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  if (slug !== '' && slug.length <= longest) return slug;
  const hash = sha256(name).slice(0, hashLength);
  return slug === '' ? hash : `${slug.slice(0, longest - hashLength - 1).replace(/-$/, '')}-${hash}`;
}
