import { join } from 'node:path';
import { readTextIfExists } from '../fs';

/**
 * `core.bare` as the configuration of a common dir has it. git's own `--is-bare-repository` answers for the current
 * directory, so false inside a linked worktree of a bare repository. Like git itself when it judges a repository, this
 * looks into the file alone, without includes; `config.worktree` is where sparse checkouts move the value to.
 */
export function readCoreBare(commonDir: string): boolean {
  const config = readTextIfExists(join(commonDir, 'config')) ?? '';
  const own = hasWorktreeConfig(commonDir) ? lastValue(readTextIfExists(join(commonDir, 'config.worktree')) ?? '', 'core', 'bare') : undefined;
  return isTrue(own ?? lastValue(config, 'core', 'bare'));
}

/** Whether each worktree may have a configuration of its own: `extensions.worktreeConfig`. */
export function hasWorktreeConfig(commonDir: string): boolean {
  return isTrue(lastValue(readTextIfExists(join(commonDir, 'config')) ?? '', 'extensions', 'worktreeconfig'));
}

/** Last value of a plain (one-line, boolean-like) key of a section without subsection; a key without value is `true`. */
export function lastValue(config: string, section: string, key: string): string | undefined {
  let inSection = false;
  let value: string | undefined;
  for (const line of config.split('\n')) {
    const header = /^\s*\[\s*([^\]]*?)\s*\](.*)$/.exec(line);
    if (header) inSection = header[1]?.toLowerCase() === section;
    const entry = /^\s*([A-Za-z][A-Za-z0-9-]*)\s*(?:=\s*([^#;]*))?(?:[#;].*)?$/.exec(header?.[2] ?? line);
    if (inSection && entry?.[1]?.toLowerCase() === key) value = entry[2] === undefined ? 'true' : entry[2].trim().replace(/^"(.*)"$/, '$1');
  }
  return value;
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^(true|yes|on|[1-9]\d*)$/i.test(value);
}
