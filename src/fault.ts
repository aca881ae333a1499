import { appendFileSync } from 'node:fs';
import { constants } from 'node:os';

/**
 * Marks a point at which a test may strike: `if (DAFT_FAULTS) fault('plan: published')`. In the shipped bundle the
 * condition is false and the line vanishes.
 *
 * `DAFT_FAULT=<point>[@<k>]:<action>` strikes at the k-th passage (default 1) of that point in a process, and the point
 * `*` counts every passage of any point; there may be several, separated by `;`. Actions are `kill`, `stop`, `exit`, and
 * `ENOSPC`, `EIO`, ... which throw; for `short` see {@link faultyBytes}. `DAFT_FAULT_LOG=<file>` gets the name of every
 * point that is passed, one per line. `DAFT_FAULT_IN=coordinator` or `=command` keeps both to that kind of process: the
 * other inherits the environment.
 */
export function fault(point: string): void {
  const action = pass(point);
  if (action !== undefined && action !== 'short') strikeNow(action, point);
}

/** The same between two steps, where nothing is asked of the system that it could refuse: only `kill`, `stop` and `exit` strike. */
export function crash(point: string): void {
  const action = pass(point);
  if (action === 'kill' || action === 'stop' || action === 'exit') strikeNow(action, point);
}

/** What a write at this point gets to see: all of `bytes`, or their first half where a test asked for `short`. */
export function faultyBytes(point: string, bytes: Buffer): Buffer {
  const action = pass(point);
  if (action === 'short') return bytes.subarray(0, Math.floor(bytes.length / 2));
  if (action !== undefined) strikeNow(action, point);
  return bytes;
}

function strikeNow(action: string, point: string): void {
  switch (action) {
    case 'kill':
      process.kill(process.pid, 'SIGKILL');
      return;
    case 'stop':
      process.kill(process.pid, 'SIGSTOP');
      return;
    case 'exit':
      // oxlint-disable-next-line unicorn/no-process-exit -- the point of it: nothing that stands behind may run
      process.exit(99);
  }
  throw systemError(action, point);
}

interface Strike {
  point: string;
  passage: number;
  action: string;
  passages: number;
}

let request: string | undefined;
let strikes: Strike[] = [];

function pass(point: string): string | undefined {
  const role = process.argv[2] === '__coordinator' ? 'coordinator' : 'command';
  if ((process.env['DAFT_FAULT_IN'] ?? role) !== role) return undefined;
  const log = process.env['DAFT_FAULT_LOG'];
  if (log !== undefined && log !== '') appendFileSync(log, `${point}\n`);
  if (process.env['DAFT_FAULT'] !== request) {
    request = process.env['DAFT_FAULT'];
    strikes = (request ?? '').split(';').flatMap(parseStrike);
  }
  const concerned = strikes.filter((strike) => strike.point === '*' || strike.point === point);
  for (const strike of concerned) strike.passages += 1;
  return concerned.find((strike) => strike.passages === strike.passage)?.action;
}

function parseStrike(text: string): Strike[] {
  const match = /^(.+?)(?:@(\d+))?:(\w+)$/.exec(text.trim());
  if (match === null) return [];
  return [{ point: match[1] ?? '', passage: Number(match[2] ?? 1), action: match[3] ?? '', passages: 0 }];
}

function systemError(code: string, point: string): NodeJS.ErrnoException {
  const errno = Object.entries(constants.errno).find(([name]) => name === code)?.[1];
  return Object.assign(new Error(`${code}: fault at '${point}'`), { code, syscall: 'fault', errno: errno === undefined ? undefined : -errno });
}
