import type { Socket } from 'node:net';

export const maxLineBytes = 64 * 1024;

export interface LineLimits {
  firstByteMs: number;
  lineMs: number;
  bytes: number;
}

/**
 * Reads the one line a client has to say. Undefined if it keeps to no limit, or leaves: then nobody waits for an answer.
 * What comes behind the line is not read; a connection carries one request.
 */
export function readRequestLine(socket: Socket, limits: LineLimits): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const settle = (line: string | undefined) => {
      clearTimeout(firstByte);
      clearTimeout(wholeLine);
      socket.off('data', take).off('end', leave).off('close', leave).pause();
      resolve(line);
    };
    const leave = () => settle(undefined);
    const firstByte = setTimeout(leave, limits.firstByteMs);
    const wholeLine = setTimeout(leave, limits.lineMs);
    const take = (chunk: Buffer) => {
      clearTimeout(firstByte);
      const end = chunk.indexOf('\n');
      const part = end === -1 ? chunk : chunk.subarray(0, end);
      chunks.push(part);
      bytes += part.length;
      if (bytes >= limits.bytes) settle(undefined);
      else if (end !== -1) settle(Buffer.concat(chunks).toString('utf8'));
    };
    socket.on('data', take).on('end', leave).on('close', leave);
  });
}
