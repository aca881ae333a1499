// Everything that a client of a socket can do wrong, at once: `node hostile-clients.mjs <socket> <count> <seed>`. A process of
// its own, so that who measures how the coordinator answers meanwhile is not in its own way. Ends when each of `count`
// malformed requests has been answered; what it says on stdout is a tally.

import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { nonsense } from './nonsense.mjs';
import { randomOf } from './random.mjs';

const [path, countText, seedText] = process.argv.slice(2);
const count = Number(countText);
const random = randomOf(Number(seedText));
const askingAtOnce = 16;
const rudeAtOnce = 4;
/** However few the requests: so long there is time to measure. */
const atLeastMs = 3000;
const refusal = '{"Error":{"message":"Invalid request"}}\n';
const tally = { refused: 0, turnedAway: 0, wrong: [], idle: Math.ceil(count / 5), rude: 0 };
let left = count;

const rudeness = {
  /** A line that has no end, as fast as it is taken. */
  async oversize(socket) {
    const piece = Buffer.alloc(64 * 1024, 'x');
    for (let sent = 0; sent < 64 && !socket.destroyed; sent += 1) await write(socket, piece);
  },
  async noNewline(socket) {
    await write(socket, '"Ping"');
  },
  async slow(socket) {
    for (const byte of '"Ping"\n') {
      await write(socket, byte);
      await pause(1000);
    }
  },
  async halfClose(socket) {
    socket.end('{"CancelJob":{"name":"stea');
  },
  async closeAtOnce(socket) {
    socket.destroy();
  },
  /** The kernel resets a connection that is closed with bytes in it that nobody has read. */
  async reset(socket) {
    await write(socket, '"ListJobs"\n');
    socket.pause().destroy();
  },
  /** Asks for what is long and never reads it. */
  async deaf(socket) {
    socket.pause();
    await write(socket, '"ListJobs"\n');
    await pause(20_000);
  },
  /** Goes on talking after its request. */
  async talkative(socket) {
    await write(socket, '"Ping"\n');
    for (let sent = 0; sent < 1000 && !socket.destroyed; sent += 1) await write(socket, '"Ping"\n'.repeat(1000));
  },
};

for (let i = 0; i < tally.idle; i += 1) void sitIdle();
for (const act of Object.values(rudeness)) for (let i = 0; i < rudeAtOnce; i += 1) void beRude(act);
await Promise.all([pause(atLeastMs), ...Array.from({ length: askingAtOnce }, askNonsense)]);
// oxlint-disable-next-line unicorn/no-process-exit -- whatever else is under way ends with the process
process.stdout.write(JSON.stringify(tally), () => process.exit());

/** Connects and says nothing, again and again. */
async function sitIdle() {
  for (;;) {
    await closed(open());
    await pause(2000);
  }
}

async function askNonsense() {
  while (left > 0) {
    left -= 1;
    const line = nonsense(random);
    for (let answer = ''; answer === ''; ) {
      const socket = open();
      socket.write(Buffer.concat([line, Buffer.from('\n')]));
      answer = await closed(socket);
      if (answer === refusal) tally.refused += 1;
      else if (answer !== '') tally.wrong.push(`${line.toString('latin1').slice(0, 200)} -> ${answer.slice(0, 200)}`);
      else {
        tally.turnedAway += 1;
        await pause(10);
      }
    }
  }
}

async function beRude(act) {
  for (;;) {
    const socket = open();
    const ending = closed(socket);
    await Promise.race([act(socket), ending]);
    tally.rude += 1;
    await Promise.race([ending, pause(3000)]);
    socket.destroy();
    await pause(50);
  }
}

function open() {
  const socket = connect({ path, allowHalfOpen: true });
  socket.on('error', (error) => {
    // Turned away, dropped, too many at once: it is closed, which is all that counts. Where nobody listens there is nothing to do.
    // oxlint-disable-next-line unicorn/no-process-exit -- see above
    if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') process.exit(1);
  });
  return socket;
}

function write(socket, text) {
  return new Promise((resolve) => socket.write(text, () => resolve()));
}

/** All that came until the connection was closed. */
function closed(socket) {
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  return new Promise((resolve) => {
    socket.once('end', () => socket.end());
    socket.once('close', () => resolve(text));
  });
}
