import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isErrno } from '../fs';
import { hookNames } from './types';
import type { HookName } from './types';

/** Names that scripts had before v1; they go with v2. */
export const deprecatedScriptNames: Readonly<Partial<Record<HookName, string>>> = {
  'worktree-pre-create': 'pre-create',
  'worktree-post-create': 'post-create',
  'worktree-pre-remove': 'pre-remove',
  'worktree-post-remove': 'post-remove',
};

/** Where the scripts of a project lie, relative to a worktree. */
export const scriptDirectory = '.daft/hooks';

export interface HookScript {
  hook: HookName;
  /** File name, which may be a deprecated one. */
  name: string;
  path: string;
  executable: boolean;
}

export interface FoundScript {
  script: HookScript | undefined;
  /** What to say about deprecated names. */
  warning: string | undefined;
}

/** The executable script of one hook in a directory: the new name goes before the old one. */
export function findScript(directory: string, hook: HookName, exe: string): FoundScript {
  const oldName = deprecatedScriptNames[hook];
  const current = executableAt(directory, hook, hook);
  const old = oldName === undefined ? undefined : executableAt(directory, hook, oldName);
  if (old === undefined) return { script: current, warning: undefined };
  if (current === undefined) {
    return {
      script: old,
      warning: `Hook '${old.path}' uses deprecated name '${old.name}'. Rename to '${hook}' or run '${exe} hooks migrate'. Deprecated names will stop working in daft v2.0.0.`,
    };
  }
  return {
    script: current,
    warning: `Both '${hook}' and '${old.name}' exist in '${directory}'. Using '${hook}'; remove '${old.name}' or run '${exe} hooks migrate'.`,
  };
}

function executableAt(directory: string, hook: HookName, name: string): HookScript | undefined {
  const path = join(directory, name);
  return isExecutableFile(path) ? { hook, name, path, executable: true } : undefined;
}

/** All files of a directory that are named after a hook, new or old, in order of name. */
export function listScripts(directory: string): HookScript[] {
  const hooks = new Map<string, HookName>([
    ...hookNames.map((hook) => [hook, hook] as const),
    ...hookNames.flatMap((hook) => {
      const old = deprecatedScriptNames[hook];
      return old === undefined ? [] : [[old, hook] as const];
    }),
  ]);
  return fileNames(directory).flatMap((name) => {
    const hook = hooks.get(name);
    const path = join(directory, name);
    return hook === undefined || !isFile(path) ? [] : [{ hook, name, path, executable: isExecutableFile(path) }];
  });
}

function fileNames(directory: string): string[] {
  try {
    return readdirSync(directory).toSorted();
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return [];
    throw error;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
  } catch (error) {
    if (error instanceof Error) return false; // missing or forbidden: not ours to run either way
    throw error;
  }
  return isFile(path);
}
