// A gate keeps a job waiting: `read _ <"$GATE"`.

import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { until } from './world.mjs';

export function makeGate(path) {
  execFileSync('mkfifo', [path]);
}

/** Lets the job go that waits there; false if none comes within `ms`. */
export function openGate(path, ms = 20_000) {
  return until(() => {
    try {
      const gate = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
      writeSync(gate, '\n');
      closeSync(gate);
      return true;
    } catch (error) {
      if (error.code === 'ENXIO') return false;
      throw error;
    }
  }, ms);
}
