import { createServer, type Server, type Socket } from 'node:net';
import type { Logger } from 'pino';
import { request, type Request, type Response } from './protocol';
import { maxLineBytes, readRequestLine } from './request-line';

/** Answers one request; undefined closes the connection without a word. */
export type Answerer = (request: Request, client: Client) => Promise<Response | undefined>;

export interface Client {
  /**
   * Keeps the connection open behind the answer, until the client closes it, or has not for a while, or its place is
   * wanted. Resolves then.
   */
  leaves(): Promise<void>;
}

const limits = { firstByteMs: 2_000, lineMs: 5_000, bytes: maxLineBytes };
const writeMs = 5_000;
const maxConnections = 64;

/**
 * A server that is not listening yet: one request and one response per connection (jobs.md 7.1). What a client does
 * wrong costs it the connection and nobody else anything.
 *
 * @param options.lingerMs how long a client may stay behind its answer
 */
export function createRequestServer(answer: Answerer, log: Logger, { lingerMs = 100 }: { lingerMs?: number } = {}): Server {
  const open = new Set<Socket>();
  /** Those of `open` that have their answer, and those that have yet to say what they want; the longest of them first. */
  const lingering = new Set<Socket>();
  const unheard = new Set<Socket>();

  // Half open: a client may close its side after the request (`nc -N`) and still wants the answer.
  return createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy()); // the client has gone: nothing to tell, nobody to tell it to
    if (open.size >= maxConnections) {
      // Whoever knows what he wants says it as he enters. So those who still sit there make room, not those who come.
      const [longest = socket] = [...lingering, ...unheard];
      longest.destroy();
      leave(longest);
      if (longest === socket) return;
    }
    open.add(socket);
    unheard.add(socket);
    socket.once('close', () => leave(socket));
    serve(socket).catch((error: unknown) => {
      log.error({ err: error }, 'connection failed');
      socket.destroy();
    });
  });

  function leave(socket: Socket): void {
    open.delete(socket);
    lingering.delete(socket);
    unheard.delete(socket);
  }

  async function serve(socket: Socket): Promise<void> {
    const line = await hear(socket);
    if (line === undefined) {
      socket.destroy();
      return;
    }
    const wanted = parseRequest(line);
    let departure: Promise<void> | undefined;
    const client: Client = { leaves: () => (departure ??= departureOf(socket, lingerMs)) };
    const response = wanted === undefined ? { Error: { message: 'Invalid request' } } : await answerOrSayWhy(wanted, client);
    if (response === undefined) {
      socket.destroy();
      return;
    }
    const tooSlow = setTimeout(() => socket.destroy(), writeMs);
    socket.on('close', () => clearTimeout(tooSlow));
    socket.write(`${JSON.stringify(response)}\n`);
    if (departure !== undefined) {
      lingering.add(socket);
      await departure;
    }
    // 'finish' tells that the kernel has it all. Destroying then ends the connection also if the client keeps its side open.
    socket.end(() => socket.destroySoon());
  }

  /** What goes wrong with one request is for its client to hear, and for nobody else to suffer from. */
  async function answerOrSayWhy(wanted: Request, client: Client): Promise<Response | undefined> {
    try {
      return await answer(wanted, client);
    } catch (error) {
      log.error({ err: error }, 'request failed');
      return { Error: { message: error instanceof Error ? error.message : String(error) } };
    }
  }

  async function hear(socket: Socket): Promise<string | undefined> {
    const line = await readRequestLine(socket, limits);
    unheard.delete(socket);
    return line;
  }
}

function departureOf(socket: Socket, withinMs: number): Promise<void> {
  return new Promise((resolve) => {
    const left = () => {
      clearTimeout(patience);
      resolve();
    };
    const patience = setTimeout(left, withinMs);
    socket.once('end', left).once('close', left).resume(); // what else it says is not read
  });
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
