import { Writable } from 'node:stream';
import type { HookEvent } from '../../src/hooks';
import { createHookRenderer, type HookRenderer, type HookRendererOptions } from '../../src/output/hooks';

const at = new Date('2026-04-10T12:00:00Z');

export const begin: HookEvent = { type: 'hook-started', hook: 'worktree-post-create', at };
export const end: HookEvent = { type: 'hook-ended', hook: 'worktree-post-create', durationMs: 2345 };

export function started(job: string, more: Partial<Extract<HookEvent, { type: 'job-started' }>> = {}): HookEvent {
  return { type: 'job-started', job, description: null, command: `run ${job}`, interactive: false, at, ...more };
}
export function printed(job: string, text: string | Buffer): HookEvent {
  return { type: 'job-printed', job, chunk: Buffer.from(text), stream: 'stdout' };
}
export function ended(job: string, more: Partial<Extract<HookEvent, { type: 'job-ended' }>> = {}): HookEvent {
  return { type: 'job-ended', job, outcome: { kind: 'completed' }, failText: null, durationMs: 1900, at, ...more };
}

export const options: Omit<HookRendererOptions, 'stream'> = {
  isTTY: false,
  colour: false,
  silent: false,
  quiet: false,
  verbose: false,
  timerDelaySecs: 5,
  tailLines: 6,
};

export function tellAll(renderer: HookRenderer, events: readonly HookEvent[]): void {
  for (const event of events) renderer.tell(event);
}

/** What is printed of these events where stderr is no terminal. */
export function play(events: readonly HookEvent[], more: Partial<HookRendererOptions> = {}): string {
  const written: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(Buffer.from(chunk)); // like the kernel: the memory may be used again
      done();
    },
  });
  tellAll(createHookRenderer({ ...options, stream, ...more }), events);
  return Buffer.concat(written).toString();
}
