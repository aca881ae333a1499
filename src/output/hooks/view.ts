import type { HookEvent } from '../../hooks';
import type { HookPaint } from './paint';

type EventOf<Type extends HookEvent['type']> = Extract<HookEvent, { type: Type }>;

/** How the jobs of one hook are drawn. What stands around them - header, messages, summary - is the renderer's. */
export interface HookView {
  started(event: EventOf<'job-started'>): void;
  printed(event: EventOf<'job-printed'>): void;
  /** Completes what is shown of the job. */
  ended(event: EventOf<'job-ended'>): void;
  backgrounded(event: EventOf<'job-backgrounded'>): void;
  /** Prints whole lines where they disturb nothing. */
  print(text: string): void;
  /** Leaves nothing on the screen that would still change. */
  close(): void;
}

export interface ViewOptions {
  /** With `writableLength`, it must not keep what it was given once that is 0 again. */
  stream: NodeJS.WritableStream & { readonly columns?: number; readonly rows?: number; readonly writableLength?: number };
  paint: HookPaint;
  /** No output of jobs. */
  quiet: boolean;
  verbose: boolean;
  /** Jobs may print at the same time. */
  sideBySide: boolean;
}
