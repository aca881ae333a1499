import { parseObject } from '../half-way';
import type { Undo } from './journal';

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const textOrNull: Check = (value) => value === null || text(value);
const number: Check = (value) => typeof value === 'number';
const moves: Check = (value) => Array.isArray(value) && value.every((move) => Array.isArray(move) && move.length === 2 && move.every(text));
const entry: Check = (value) => {
  if (value === null) return true;
  if (typeof value !== 'object' || !('trust' in value && 'layout' in value)) return false;
  return typeof value.trust === 'object' && textOrNull(value.layout);
};

const fields: { readonly [One in Undo as One['undo']]: Readonly<Record<Exclude<keyof One, 'undo'>, Check>> } = {
  rename: { moves },
  'make-directory': { path: text },
  'remove-directory': { path: text, mode: number },
  write: { path: text, before: textOrNull, mode: number },
  'move-worktree': { from: text, to: text, registration: text, gitdir: text, link: text },
  'move-git': { from: text, to: text },
  config: { file: text, key: text, before: textOrNull },
  'config-added': { file: text, key: text, value: text },
  stash: { worktree: text, message: text },
  unstash: { worktree: text, message: text },
  registry: { from: text, to: text, before: entry, file: text },
  trust: { commonDir: text, before: entry, file: text },
};

/** Undefined for what is no note that this version writes. */
export function parseUndo(line: string): Undo | undefined {
  const note = parseObject(line);
  const checks = Object.entries(fields).find(([kind]) => kind === note?.['undo'])?.[1];
  if (note === undefined || checks === undefined) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each field of its kind has been looked at
  return Object.entries(checks).every(([field, isRight]) => isRight(note[field])) ? (note as unknown as Undo) : undefined;
}
