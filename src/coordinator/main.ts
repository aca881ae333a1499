/** `daft __coordinator <repo-id> [<invocation-id>]`: the detached process that runs the background jobs of one repository. */

import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { readDirectories } from '../config';
import { fault } from '../fault';
import { makePrivateDirectory } from '../fs';
import { isInvocationId, openStore, parseRepoId } from '../logstore';
import { closeLeakedDescriptors, currentIdentity } from '../process';
import { Coordinator } from './coordinator';
import { openLog } from './log';

/** @param argv what stands behind `__coordinator` */
export async function main(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const [id = '', alone] = argv;
  const repo = parseRepoId(id);
  if (repo === undefined || (alone !== undefined && !isInvocationId(alone))) {
    process.stderr.write('usage: daft __coordinator <repo-id> [<invocation-id>]\n');
    process.exitCode = 2;
    return;
  }
  const { state } = readDirectories(env);
  process.umask(0o077);
  closeLeakedDescriptors(); // our starter has covered them; a job is not to see even that
  makePrivateDirectory(state);
  process.chdir(state); // never a worktree, which could not be removed then
  const log = openLog(join(state, `coordinator-${repo}.log`));

  process.on('SIGHUP', () => {}); // Node ignores SIGPIPE by itself
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
  process.on('uncaughtException', (error) => {
    log.logger.fatal({ err: error }, 'ended by a defect');
    // As if killed by somebody else: socket and records stay as they are, the jobs go on, and a successor adopts them.
    process.kill(process.pid, 'SIGKILL');
  });

  // What lives long is little, and fork(2) pays for every page: garbage is rather collected than kept.
  setFlagsFromString('--semi-space-growth-factor=1');
  if (DAFT_FAULTS) fault('coordinator: begins');
  const store = openStore(state, repo);
  const coordinator = new Coordinator({ store, self: currentIdentity(), now: () => new Date() }, { log, stop: stop.signal });
  await (alone === undefined ? coordinator.serve() : coordinator.workAlone(alone));
  if (DAFT_FAULTS) fault('coordinator: ends');
  setFlagsFromString('--semi-space-growth-factor=2'); // the default: compiled code kept under other flags would fit nobody
}
