import type { CommandSpec } from '../spec';

export const shellCommands: readonly CommandSpec[] = [];
