/** What a stream has given beyond the line that was asked for: it belongs to whoever asks next. */
const leftovers = new WeakMap<NodeJS.ReadStream, string>();

/** Reads one line; undefined at the end of the input. Leaves the stream paused, so that it does not keep the process alive. */
export async function readLine(stream: NodeJS.ReadStream, signal?: AbortSignal): Promise<string | undefined> {
  const text = await readUntilNewline(stream, signal);
  const end = text.indexOf('\n');
  leftovers.set(stream, end === -1 ? '' : text.slice(end + 1));
  if (end === -1) return text === '' ? undefined : text;
  return text.slice(0, end).replace(/\r$/, '');
}

/** Whether a line answers yes; anything else, and no answer at all, is no. */
export function isYes(answer: string | undefined): boolean {
  return /^\s*(y|yes)\s*$/i.test(answer ?? '');
}

function readUntilNewline(stream: NodeJS.ReadStream, signal: AbortSignal | undefined): Promise<string> {
  let text = leftovers.get(stream) ?? '';
  if (text.includes('\n') || stream.readableEnded) return Promise.resolve(text);
  return new Promise((resolve, reject) => {
    const take = (chunk: Buffer | string) => {
      text += chunk.toString();
      if (text.includes('\n')) finish(() => resolve(text));
    };
    const end = () => finish(() => resolve(text));
    const fail = (error: Error) => finish(() => reject(error));
    const abort = () => finish(() => reject(signal?.reason as Error));
    function finish(settle: () => void): void {
      stream.off('data', take).off('end', end).off('error', fail).pause();
      signal?.removeEventListener('abort', abort);
      settle();
    }
    stream.on('data', take).on('end', end).on('error', fail).resume();
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
  });
}
