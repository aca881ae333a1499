import type { Registry, TrustLevel } from '../config';

/** How far a repository's hooks are trusted, and why. */
export interface EffectiveTrust {
  level: TrustLevel;
  because: 'entry' | 'fingerprint-mismatch' | 'pattern' | 'default';
  /** The two URLs of a fingerprint mismatch. */
  mismatch: { trusted: string; current: string } | undefined;
}

/**
 * Decides by entry, first matching pattern, default (hooks.md 14.3).
 *
 * @param commonDir canonical path of the git common dir
 * @param remoteUrl where the repository comes from now; undefined where there is no remote, and nothing to compare
 */
export function resolveTrust(
  registry: Registry,
  commonDir: string,
  options: { remoteUrl: string | undefined; defaultLevel: TrustLevel },
): EffectiveTrust {
  const entry = registry.repositories.get(commonDir)?.trust;
  if (entry !== undefined && entry !== null) {
    const { fingerprint } = entry;
    const { remoteUrl } = options;
    if (fingerprint !== null && remoteUrl !== undefined && fingerprint !== remoteUrl) {
      return { level: 'prompt', because: 'fingerprint-mismatch', mismatch: { trusted: fingerprint, current: remoteUrl } };
    }
    return { level: entry.level, because: 'entry', mismatch: undefined };
  }
  const pattern = registry.patterns.find((candidate) => matchesPattern(commonDir, candidate.pattern));
  if (pattern !== undefined) return { level: pattern.level, because: 'pattern', mismatch: undefined };
  return { level: options.defaultLevel, because: 'default', mismatch: undefined };
}

/** Whether comparing with the remote can change the answer: spares the question to git where it cannot. */
export function needsRemote(registry: Registry, commonDir: string): boolean {
  return (registry.repositories.get(commonDir)?.trust?.fingerprint ?? null) !== null;
}

/** Path globs of the trust database: `**` is any number of components, `*` any run of characters inside one. */
export function matchesPattern(path: string, pattern: string): boolean {
  return matchComponents(path.split('/'), pattern.split('/'));
}

function matchComponents(path: readonly string[], pattern: readonly string[]): boolean {
  // Row by row instead of by backtracking: `**` many times over must not take exponential time.
  let reachable = path.map(() => false).concat(false);
  reachable[0] = true;
  for (const part of pattern) {
    const next = reachable.map(() => false);
    for (let position = 0; position <= path.length; position++) {
      if (part === '**') next[position] = reachable.slice(0, position + 1).includes(true);
      else if (position > 0) next[position] = reachable[position - 1]! && matchComponent(path[position - 1]!, part);
    }
    reachable = next;
  }
  return reachable[path.length]!;
}

function matchComponent(component: string, pattern: string): boolean {
  const expression = pattern.split('*').map((literal) => literal.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('.*');
  return new RegExp(`^${expression}$`, 's').test(component);
}
