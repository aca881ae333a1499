import { createServer, type Server, type Socket } from 'node:net';
import type { Logger } from 'pino';
import { request, type Request, type Response } from './protocol';
import { maxLineBytes, readRequestLine } from './request-line';

/** Answers one request; undefined closes the connection without a word. */
export type Answerer = (request: Request) => Promise<Response | undefined>;

const limits = { firstByteMs: 2_000, lineMs: 5_000, bytes: maxLineBytes };
const writeMs = 5_000;
const maxConnections = 64;

/**
 * A server that is not listening yet: one request and one response per connection (jobs.md 7.1). What a client does
 * wrong costs it the connection and nobody else anything.
 */
export function createRequestServer(answer: Answerer, log: Logger): Server {
  // Half open: a client may close its side after the request (`nc -N`) and still wants the answer.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    serve(socket, answer).catch((error: unknown) => {
      log.error({ err: error }, 'request failed');
      socket.destroy();
    });
  });
  server.maxConnections = maxConnections;
  return server;
}

async function serve(socket: Socket, answer: Answerer): Promise<void> {
  socket.on('error', () => socket.destroy()); // the client has gone: nothing to tell, nobody to tell it to
  const line = await readRequestLine(socket, limits);
  if (line === undefined) {
    socket.destroy();
    return;
  }
  const wanted = parseRequest(line);
  const response = wanted === undefined ? { Error: { message: 'Invalid request' } } : await answer(wanted);
  if (response === undefined) {
    socket.destroy();
    return;
  }
  const tooSlow = setTimeout(() => socket.destroy(), writeMs);
  socket.on('close', () => clearTimeout(tooSlow));
  // 'finish' tells that the kernel has it all. Destroying then ends the connection also if the client keeps its side open.
  socket.end(`${JSON.stringify(response)}\n`, () => socket.destroySoon());
}

function parseRequest(line: string): Request | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const parsed = request.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
