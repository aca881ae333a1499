import { connect, type Socket } from 'node:net';
import { isErrno } from '../../fs';
import type { Request, Response } from '../protocol';
import { readResponse } from './response';

/** What one request to one socket path came to. */
export type Exchange =
  | { kind: 'answered'; response: Response }
  /** Nobody listens and nobody will: the inode is dead for good. */
  | { kind: 'refused' }
  | { kind: 'missing' }
  /** The connection was closed before the answer: whoever listens is on the way out, or has too many guests. */
  | { kind: 'closed' }
  /** Somebody listens, but the queue of those who want in is full. */
  | { kind: 'busy' }
  /** Accepted and silent in time, or not understood, or not to be reached at all. */
  | { kind: 'unresponsive' };

/** A list of all jobs of a repository may be long; what is longer than this is none. */
const maxAnswerBytes = 256 * 1024 * 1024;

export interface ExchangeOptions {
  timeoutMs: number;
  /** Keeps the connection until we end, or the other side closes it: it tells that we are still at work. */
  untilExit?: boolean;
}

/** Sends one request on a connection of its own. */
export function exchange(path: string, request: Request, { timeoutMs, untilExit = false }: ExchangeOptions): Promise<Exchange> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (outcome: Exchange) => {
      clearTimeout(timer);
      if (untilExit && outcome.kind === 'answered') socket.unref();
      else socket.destroy();
      resolve(outcome);
    };
    const timer = setTimeout(() => settle({ kind: 'unresponsive' }), timeoutMs);
    readLine(socket, (text) => {
      const response = text === undefined ? undefined : readResponse(text);
      settle(response === undefined ? { kind: 'unresponsive' } : { kind: 'answered', response });
    });
    socket.on('error', (error) => settle(classify(error)));
    socket.on('close', () => settle({ kind: 'closed' }));
    socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`));
  });
}

/** Whether `path` accepts a connection; says nothing on it. */
export function knock(path: string): Promise<'accepts' | 'refused' | 'missing'> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve('accepts');
    });
    socket.once('error', (error) => {
      const { kind } = classify(error);
      resolve(kind === 'refused' || kind === 'missing' ? kind : 'accepts'); // a non-answer is not a no
    });
  });
}

function classify(error: Error): Exchange {
  if (isErrno(error, 'ECONNREFUSED')) return { kind: 'refused' };
  if (isErrno(error, 'ENOENT', 'ENOTDIR')) return { kind: 'missing' };
  if (isErrno(error, 'EAGAIN')) return { kind: 'busy' };
  if (isErrno(error, 'ECONNRESET', 'EPIPE')) return { kind: 'closed' };
  return { kind: 'unresponsive' };
}

/** Passes on the first line of a stream, or undefined if it is too long. */
function readLine(socket: Socket, take: (line: string | undefined) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  socket.on('data', (chunk) => {
    const end = chunk.indexOf('\n');
    chunks.push(end === -1 ? chunk : chunk.subarray(0, end));
    bytes += chunk.length;
    if (end !== -1) take(Buffer.concat(chunks).toString('utf8'));
    else if (bytes > maxAnswerBytes) take(undefined);
  });
}
