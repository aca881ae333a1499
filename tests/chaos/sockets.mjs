// The socket of a coordinator, from outside.

import { renameSync } from 'node:fs';
import { connect, createServer } from 'node:net';

/** Leaves a socket at `path` that nobody listens on, as somebody killed does. */
export async function layDeadSocket(path) {
  const server = createServer();
  await new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(`${path}.alive`, resolve);
  });
  renameSync(`${path}.alive`, path); // closing unlinks the name that it was given
  await new Promise((resolve) => {
    server.close(resolve);
  });
}

/** What a coordinator says of itself; undefined if none answers within `ms`. */
export function ping(path, ms = 1_000) {
  return new Promise((resolve) => {
    const socket = connect(path);
    let text = '';
    const settle = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(text.endsWith('\n') ? JSON.parse(text).Pong : undefined);
    };
    const timer = setTimeout(settle, ms);
    socket.on('connect', () => socket.write('"Ping"\n'));
    socket.on('data', (chunk) => (text += chunk));
    socket.on('error', settle);
    socket.on('close', settle);
  });
}
