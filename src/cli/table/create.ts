import type { CommandSpec } from '../spec';

export const createCommands: readonly CommandSpec[] = [];
