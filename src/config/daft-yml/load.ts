import { dirname, extname, join } from 'node:path';
import { hookNames } from './hook-names';
import { readTextIfExists } from '../../fs';
import { findConfigFile, isRegularFile } from './discover';
import { mergeConfigs, replaceHook } from './merge';
import { parseYaml } from './parse';
import type { Parsed } from './parse';
import { daftYml, hookDefinition } from './schema';
import type { DaftYml } from './schema';
import type * as z from 'zod';

export type LoadedConfig =
  /** No main file, so no YAML hooks, whatever else lies there. */
  | { kind: 'absent' }
  /** Merged and checked for types; `file` is the main one, relative to the root (or `<ref>:<path>`). */
  | { kind: 'loaded'; config: DaftYml; file: string }
  | { kind: 'broken'; message: string };

/** Loads the configuration of a worktree: main file, `extends`, per-hook files and local override, merged in this order. */
export function loadWorktreeConfig(root: string): LoadedConfig {
  const file = findConfigFile(root);
  if (file === undefined) return { kind: 'absent' };
  try {
    return { kind: 'loaded', config: loadFiles(root, file), file };
  } catch (error) {
    if (error instanceof BrokenFile) return { kind: 'broken', message: error.message };
    throw error;
  }
}

/** The configuration as one text says it, without the files around it: what is committed on a branch. */
export function parseConfig(text: string, name: string): LoadedConfig {
  const parsed = parseYaml(text, name, daftYml);
  if (parsed.kind === 'malformed') return { kind: 'broken', message: parsed.message };
  return { kind: 'loaded', config: withoutExtends(parsed.content ?? nothing), file: name };
}

const nothing: DaftYml = { unknownKeys: [] };

class BrokenFile extends Error {}

function loadFiles(root: string, file: string): DaftYml {
  const path = join(root, file);
  let config = readYaml(path, daftYml) ?? nothing;

  for (const extended of config.extends ?? []) {
    const overlay = readYaml(join(dirname(path), extended), daftYml, 'Failed to load extends file: ');
    if (overlay !== undefined) config = mergeConfigs(config, withoutExtends(overlay));
  }
  const perHookDirectory = file.startsWith('.config/') ? join(root, '.config/daft') : root;
  for (const hook of hookNames) {
    const candidate = [`${hook}.yml`, `${hook}.yaml`].map((name) => join(perHookDirectory, name)).find(isRegularFile);
    if (candidate === undefined) continue;
    const definition = readYaml(candidate, hookDefinition, 'Failed to load per-hook file: ');
    if (definition !== undefined) config = replaceHook(config, hook, definition);
  }
  const extension = extname(path);
  const local = readYaml(`${path.slice(0, -extension.length)}-local${extension}`, daftYml, 'Failed to load local config: ');
  if (local !== undefined) config = mergeConfigs(config, withoutExtends(local));

  return withoutExtends(config);
}

function readYaml<Content>(path: string, schema: z.ZodType<Content>, introduction = ''): Content | undefined {
  let text: string | undefined;
  try {
    text = readTextIfExists(path);
  } catch (error) {
    throw new BrokenFile(`${introduction}Failed to read ${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  if (text === undefined) return undefined;
  const parsed: Parsed<Content> = parseYaml(text, path, schema);
  if (parsed.kind === 'malformed') throw new BrokenFile(introduction + parsed.message);
  return parsed.content;
}

/** `extends` works in the main file only, and has done its work there. */
function withoutExtends({ extends: _resolved, ...config }: DaftYml): DaftYml {
  return config;
}
