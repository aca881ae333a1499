import type { CommandSpec } from '../spec';

export const hooksCommands: readonly CommandSpec[] = [];
