import type { CommandSpec } from '../spec';

export const manageCommands: readonly CommandSpec[] = [];
