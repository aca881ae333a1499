import { isAbsolute, join } from 'node:path';
import { DaftError } from '../daft-error';
import type { Environment } from './index';

export interface Directories {
  config: string;
  data: string;
  state: string;
  cache: string;
}

/** shell.md 3.1. Reads the environment only. Throws DaftError `DAFT_..._DIR must be an absolute path, got: ...`. */
export function readDirectories(env: Environment): Directories {
  const standard = (variable: string, fallback: string) => {
    const base = env[variable] ?? '';
    // The XDG specification has relative values ignored.
    return join(isAbsolute(base) ? base : join(env['HOME'] ?? '/', fallback), 'daft');
  };
  return {
    config: override(env, 'DAFT_CONFIG_DIR') ?? standard('XDG_CONFIG_HOME', '.config'),
    data: override(env, 'DAFT_DATA_DIR') ?? standard('XDG_DATA_HOME', '.local/share'),
    state: override(env, 'DAFT_STATE_DIR') ?? standard('XDG_STATE_HOME', '.local/state'),
    cache: standard('XDG_CACHE_HOME', '.cache'),
  };
}

function override(env: Environment, variable: string): string | undefined {
  const value = env[variable];
  if (value === undefined || value === '') return undefined;
  if (!isAbsolute(value)) throw new DaftError(`${variable} must be an absolute path, got: ${value}`);
  return value;
}
