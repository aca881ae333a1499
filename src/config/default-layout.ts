import { realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DaftError } from '../daft-error';
import { makePrivateDirectory, readTextIfExists, unlessMissing, writeFileAtomic } from '../fs';
import { readConfigToml, withDefaultLayout } from './config-toml';

/**
 * Sets or (with null) removes `defaults.layout` in `config.toml`, and touches nothing else of it. Throws DaftError where
 * the file makes no sense, before or afterwards: it is the user's, and is not written over. System errors are thrown.
 */
export async function saveDefaultLayout(configDir: string, layout: string | null): Promise<void> {
  const path = join(configDir, 'config.toml');
  const text = readTextIfExists(path);
  if (text === undefined && layout === null) return;
  const before = await readConfigToml(configDir, (reason) => {
    throw new DaftError(reason, { hint: 'Mend the file first; nothing was written.' });
  });
  const changed = withDefaultLayout(text ?? '', layout);
  if (changed === text) {
    if (before.defaultLayout === layout) return;
    throw notByLine(path);
  }

  makePrivateDirectory(configDir);
  // Where it is a link into somebody's collection of settings it stays one.
  const target = unlessMissing(() => realpathSync(path)) ?? path;
  writeFileAtomic(target, changed, { mode: unlessMissing(() => statSync(target).mode & 0o7777) ?? 0o600 });
  const { defaultLayout } = await readConfigToml(configDir, () => {});
  if (defaultLayout === layout) return;
  writeFileAtomic(target, text ?? '', { mode: statSync(target).mode & 0o7777 });
  throw notByLine(path);
}

function notByLine(path: string): DaftError {
  return new DaftError(`Could not change the default layout in ${path}: it is set in a way that cannot be edited line by line`, {
    hint: `Set it by hand: [defaults] in ${path}`,
  });
}
