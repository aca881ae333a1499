// The job behind tests/support/puppets.ts: `node puppet-program.mjs <socket> <name>`. Obeys one JSON line after another.

import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const [socketPath, name] = process.argv.slice(2);
// At once, and with nothing of its own still to write: all printing is synchronous.
const leave = process.exit.bind(process);
const socket = connect(socketPath);
// Without its theatre a puppet has no reason to live; and no test may wait for it.
socket.on('error', () => leave(99));
socket.on('close', () => leave(99));
socket.write(`${JSON.stringify({ hello: name, pid: process.pid })}\n`);

const done = (value) => new Promise((resolve) => socket.write(`${JSON.stringify({ done: value })}\n`, resolve));

createInterface({ input: socket }).on('line', async (line) => {
  const order = JSON.parse(line);
  if ('print' in order) writeSync(1, `${order.print}\n`);
  if ('printError' in order) writeSync(2, `${order.printError}\n`);
  if ('ignoreTermination' in order) process.on('SIGTERM', () => {});
  if ('exit' in order) leave(order.exit);
  if ('fork' in order) {
    const child = spawn('sleep', ['300'], { stdio: ['ignore', 'inherit', 'inherit'] });
    await done(String(child.pid));
  } else if ('variable' in order) {
    await done(process.env[order.variable]);
  } else {
    await done();
  }
  if ('stop' in order) process.kill(process.pid, 'SIGSTOP');
});
