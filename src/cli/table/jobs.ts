import type { CommandSpec } from '../spec';

export const jobsCommands: readonly CommandSpec[] = [];
