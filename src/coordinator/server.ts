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
  const open = new Set<Socket>();
  /** Those of `open` that have yet to say what they want, the longest of them first. */
  const unheard = new Set<Socket>();

  // Half open: a client may close its side after the request (`nc -N`) and still wants the answer.
  return createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy()); // the client has gone: nothing to tell, nobody to tell it to
    if (open.size >= maxConnections) {
      // Whoever knows what he wants says it as he enters. So those who still sit there make room, not those who come.
      const [longest = socket] = unheard;
      longest.destroy();
      leave(longest);
      if (longest === socket) return;
    }
    open.add(socket);
    unheard.add(socket);
    socket.once('close', () => leave(socket));
    serve(socket, { hear, answer: (wanted) => answerOrSayWhy(wanted, answer, log) }).catch((error: unknown) => {
      log.error({ err: error }, 'connection failed');
      socket.destroy();
    });
  });

  function leave(socket: Socket): void {
    open.delete(socket);
    unheard.delete(socket);
  }

  async function hear(socket: Socket): Promise<string | undefined> {
    const line = await readRequestLine(socket, limits);
    unheard.delete(socket);
    return line;
  }
}

/** What goes wrong with one request is for its client to hear, and for nobody else to suffer from. */
async function answerOrSayWhy(wanted: Request, answer: Answerer, log: Logger): Promise<Response | undefined> {
  try {
    return await answer(wanted);
  } catch (error) {
    log.error({ err: error }, 'request failed');
    return { Error: { message: error instanceof Error ? error.message : String(error) } };
  }
}

async function serve(socket: Socket, { hear, answer }: { hear: (socket: Socket) => Promise<string | undefined>; answer: Answerer }): Promise<void> {
  const line = await hear(socket);
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
