import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ask, isLive } from '../../src/coordinator/client';
import { openStore, type RepoId, type Store } from '../../src/logstore';
import { waitFor } from '../support';

let store: Store;
let path: string;
const servers: Server[] = [];

beforeEach(() => {
  const stateDir = mkdtempSync(join(tmpdir(), 'daft-client-'));
  store = openStore(stateDir, '0192f0c1-2345-7abc-8def-0123456789ab' as RepoId);
  path = join(stateDir, `coordinator-${store.repoId}.sock`);
});

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(store.stateDir, { recursive: true });
});

async function serve(behave: (socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {}); // the client has heard enough
    behave(socket);
  });
  servers.push(server);
  server.listen(path);
  await once(server, 'listening');
  return server;
}

/** A socket file behind which nobody listens any more. */
async function leaveStaleSocket(): Promise<void> {
  const child = spawn(process.execPath, ['-e', `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`]);
  await once(child, 'exit');
}

const pong = { Pong: { pid: 1, daft_version: '1.0.0', protocol: 1, running: 0, pending: 0 } };

test('no socket, and a stale one, mean that there is no coordinator', async () => {
  expect(await ask(store, 'Ping', { timeoutMs: 200 })).toEqual({ kind: 'absent' });
  expect(await isLive(store)).toBe(false);
  await leaveStaleSocket();
  expect(await ask(store, 'Ping', { timeoutMs: 200 })).toEqual({ kind: 'absent' });
  expect(await isLive(store)).toBe(false);
});

test('an answer may arrive in pieces', async () => {
  const [head, tail] = [`${JSON.stringify(pong)}\n`.slice(0, 7), `${JSON.stringify(pong)}\n`.slice(7)];
  await serve((socket) => void socket.write(head, () => setImmediate(() => socket.end(tail))));
  expect(await ask(store, 'Ping', { timeoutMs: 5_000 })).toEqual({ kind: 'answered', response: pong });
});

test.each([
  ['says nothing', (socket: Socket) => void socket.resume()],
  ['speaks another protocol', (socket: Socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['closes every connection', (socket: Socket) => void socket.destroy()],
])('somebody who %s is unresponsive in time, and lives', async (_name, behave) => {
  await serve(behave);
  const begin = performance.now();
  expect(await ask(store, 'Ping', { timeoutMs: 200 })).toEqual({ kind: 'unresponsive' });
  expect(performance.now() - begin).toBeLessThan(1_000);
  expect(await isLive(store)).toBe(true);
});

test('a coordinator on its way out is asked again, until its successor answers', async () => {
  let connections = 0;
  await serve((socket) => {
    connections += 1;
    if (connections < 3) socket.destroy();
    else socket.end(`${JSON.stringify(pong)}\n`);
  });
  expect(await ask(store, 'Ping', { timeoutMs: 5_000 })).toEqual({ kind: 'answered', response: pong });
});

test('a coordinator that goes while it is asked is absent', async () => {
  const server = await serve((socket) => {
    server.close();
    socket.destroy();
  });
  expect(await ask(store, 'Ping', { timeoutMs: 5_000 })).toEqual({ kind: 'absent' });
});

test('a full queue is not an absence', { skip: process.platform !== 'linux' }, async () => {
  const stopped = spawn(process.execPath, ['-e', `require('net').createServer().listen({ path: ${JSON.stringify(path)}, backlog: 1 }, () => { console.log(); process.kill(process.pid, 'SIGSTOP'); })`]);
  await once(stopped.stdout, 'data');
  const waiting: Socket[] = [];
  try {
    const isFull = await waitFor('the queue to be full', () => {
      return new Promise<boolean>((resolve) => {
        const socket = connect(path, () => resolve(false));
        socket.on('error', (error) => resolve('code' in error && error.code === 'EAGAIN'));
        waiting.push(socket);
      });
    });
    expect(isFull).toBe(true);
    expect(await ask(store, 'Ping', { timeoutMs: 200 })).toEqual({ kind: 'unresponsive' });
    expect(await isLive(store)).toBe(true);
  } finally {
    for (const socket of waiting) socket.destroy();
    stopped.kill('SIGKILL');
    await once(stopped, 'exit');
  }
});
