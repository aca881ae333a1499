/** The command table: the one source of parser, help, completion and reference pages. */
import type { CommandSpec } from '../spec';
import { createCommands } from './create';
import { hooksCommands } from './hooks';
import { jobsCommands } from './jobs';
import { layoutCommands } from './layout';
import { multiRemoteCommands } from './multi-remote';
import { manageCommands } from './manage';
import { shellCommands } from './shell';

export const commandTable: readonly CommandSpec[] = [
  ...createCommands,
  ...manageCommands,
  ...hooksCommands,
  ...jobsCommands,
  ...layoutCommands,
  ...multiRemoteCommands,
  ...shellCommands,
];
