import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readTextIfExists } from '../../fs';
import type { Undertaking } from './undertaking';

/**
 * Names in a common dir that belong to the main working tree alone, as gitrepository-layout(5) has it: index, operations
 * in progress and their messages, submodules, and parts of directories that are shared otherwise.
 */
const ownNames = /^(index|sharedindex\..+|rebase-merge|rebase-apply|sequencer|modules|config\.worktree|[A-Z][A-Z_]*)$/;
const ownParts: readonly string[] = ['logs/HEAD', 'refs/bisect', 'refs/worktree', 'refs/rewritten', 'logs/refs/bisect', 'logs/refs/worktree', 'logs/refs/rewritten', 'info/sparse-checkout'];

function ownStateOfMain(commonDir: string): string[] {
  return [
    ...readdirSync(commonDir).filter((name) => name !== 'HEAD' && ownNames.test(name)),
    ...ownParts.filter((path) => existsSync(join(commonDir, path))),
  ];
}

/** All that a registration has but what makes it one. */
function ownStateOfLinked(registration: string): string[] {
  const shared = ['refs', 'logs', 'info', 'logs/refs'];
  const below = (path: string): string[] =>
    readdirSync(join(registration, path)).flatMap((name) => {
      const entry = path === '' ? name : `${path}/${name}`;
      if (path === '' && ['HEAD', 'gitdir', 'commondir', 'locked'].includes(name)) return [];
      return shared.includes(entry) && lstatSync(join(registration, entry)).isDirectory() ? below(entry) : [entry];
    });
  return below('');
}

/** The main working tree gets what the linked one had: HEAD, index, a rebase that is under way. */
export function attachOwnState(registration: string, undertaking: Undertaking): void {
  const { commonDir, journal } = undertaking;
  const own = ownStateOfLinked(registration);
  // A bare repository has no use for these, but may have had them; they go when all has gone well.
  const stale = [...new Set(['index', ...own])].filter((path) => existsSync(join(commonDir, path)));
  transfer(stale, commonDir, join(journal.directory, 'replaced'), undertaking);
  transfer(own, registration, commonDir, undertaking);
  const head = readTextIfExists(join(registration, 'HEAD'));
  if (head !== undefined) undertaking.write(join(commonDir, 'HEAD'), head);
}

/** The registration, which is being made, gets what was the main working tree's own. */
export function detachOwnState(registration: string, undertaking: Undertaking): void {
  const { commonDir } = undertaking;
  undertaking.write(join(registration, 'HEAD'), readTextIfExists(join(commonDir, 'HEAD')) ?? '');
  transfer(ownStateOfMain(commonDir), commonDir, registration, undertaking);
}

function transfer(paths: readonly string[], from: string, to: string, undertaking: Undertaking): void {
  for (const path of paths) undertaking.makeDirectory(join(to, path, '..'));
  undertaking.rename(paths.map((path) => [join(from, path), join(to, path)] as const));
}
