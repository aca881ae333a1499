import { dirname, extname, isAbsolute, join, relative } from 'node:path';
import { hookNames } from './hook-names';
import { readTextIfExists } from '../../fs';
import { findConfigFile, isRegularFile } from './discover';
import type { Form, Forms, Parsed } from '../grammar';
import type { DaftYml } from '../grammar/schema';
import { mergeConfigs, replaceHook } from './merge';
import { recallParsed, rememberParsed } from './parsed-texts';

export type LoadedConfig =
  /** No main file, so no YAML hooks, whatever else lies there. */
  | { kind: 'absent' }
  /** Merged and checked for types; `file` is the main one, relative to the root (or `<ref>:<path>`). */
  | { kind: 'loaded'; config: DaftYml; file: string }
  | { kind: 'broken'; message: string };

/**
 * Loads the configuration of a worktree: main file, `extends`, per-hook files and local override, merged in this order.
 *
 * @param cacheDir where the meaning of texts is remembered (`Directories.cache`)
 */
export async function loadWorktreeConfig(root: string, cacheDir: string): Promise<LoadedConfig> {
  const loaded = await loadConfigLayers(root, cacheDir);
  if (loaded.kind !== 'layered') return loaded;
  const { main, above } = loaded;
  return { kind: 'loaded', config: (above.at(-1) ?? main).merged, file: main.file };
}

/** One file that takes part in a configuration. */
export interface ConfigLayer {
  /** Relative to the root of the worktree. */
  file: string;
  /** All files up to this one. */
  merged: DaftYml;
}

export type LayeredConfig = { kind: 'absent' } | { kind: 'layered'; main: ConfigLayer; above: readonly ConfigLayer[] } | { kind: 'broken'; message: string };

/** As `loadWorktreeConfig`, file by file: tells with which of them something has come in. */
export async function loadConfigLayers(root: string, cacheDir: string): Promise<LayeredConfig> {
  const file = findConfigFile(root);
  if (file === undefined) return { kind: 'absent' };
  try {
    return { kind: 'layered', ...(await loadFiles(root, file, cacheDir)) };
  } catch (error) {
    if (error instanceof BrokenFile) return { kind: 'broken', message: error.message };
    throw error;
  }
}

/** The configuration as one text says it, without the files around it: what is committed on a branch. */
export async function parseConfig(text: string, name: string, cacheDir: string): Promise<LoadedConfig> {
  const parsed = await parse('config', text, name, cacheDir);
  if (parsed.kind === 'malformed') return { kind: 'broken', message: parsed.message };
  return { kind: 'loaded', config: withoutExtends(parsed.content ?? nothing), file: name };
}

const nothing: DaftYml = { unknownKeys: [] };

class BrokenFile extends Error {}

async function loadFiles(root: string, file: string, cacheDir: string): Promise<{ main: ConfigLayer; above: readonly ConfigLayer[] }> {
  const path = join(root, file);
  const read = (await readYaml('config', path, cacheDir)) ?? nothing;
  const main = { file, merged: withoutExtends(read) };
  const above: ConfigLayer[] = [];
  const add = (from: string, merge: (below: DaftYml) => DaftYml) => {
    above.push({ file: relative(root, from), merged: merge((above.at(-1) ?? main).merged) });
  };

  for (const extended of read.extends ?? []) {
    const from = isAbsolute(extended) ? extended : join(dirname(path), extended);
    const overlay = await readYaml('config', from, cacheDir, 'Failed to load extends file: ');
    if (overlay !== undefined) add(from, (below) => mergeConfigs(below, withoutExtends(overlay)));
  }
  const perHookDirectory = file.startsWith('.config/') ? join(root, '.config/daft') : root;
  for (const hook of hookNames) {
    const from = [`${hook}.yml`, `${hook}.yaml`].map((name) => join(perHookDirectory, name)).find(isRegularFile);
    if (from === undefined) continue;
    const definition = await readYaml('hook', from, cacheDir, 'Failed to load per-hook file: ');
    if (definition !== undefined) add(from, (below) => replaceHook(below, hook, definition));
  }
  const extension = extname(path);
  const from = `${path.slice(0, -extension.length)}-local${extension}`;
  const local = await readYaml('config', from, cacheDir, 'Failed to load local config: ');
  if (local !== undefined) add(from, (below) => mergeConfigs(below, withoutExtends(local)));

  return { main, above };
}

async function readYaml<F extends Form>(form: F, path: string, cacheDir: string, introduction = ''): Promise<Forms[F] | undefined> {
  let text: string | undefined;
  try {
    text = readTextIfExists(path);
  } catch (error) {
    throw new BrokenFile(`${introduction}Failed to read ${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  if (text === undefined) return undefined;
  const parsed = await parse(form, text, path, cacheDir);
  if (parsed.kind === 'malformed') throw new BrokenFile(introduction + parsed.message);
  return parsed.content;
}

async function parse<F extends Form>(form: F, text: string, path: string, cacheDir: string): Promise<Parsed<Forms[F]>> {
  const known = recallParsed(cacheDir, form, text);
  if (known !== undefined) return { kind: 'parsed', content: known.content as Forms[F] | undefined }; // this very grammar's own result
  const { parseText } = await import('../grammar');
  const parsed = parseText(form, text, path);
  if (parsed.kind === 'parsed') rememberParsed(cacheDir, form, text, parsed.content);
  return parsed;
}

/** `extends` works in the main file only, and has done its work there. */
function withoutExtends({ extends: _resolved, ...config }: DaftYml): DaftYml {
  return config;
}
