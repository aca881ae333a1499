/** The sign of life on stderr while a command waits for something: a frame, a text, gone without a trace afterwards. */

import truncate from 'fast-string-truncated-width';
import { createPalette } from './colour';
import { stripControlSequences } from './control-sequences';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const everyMs = 80;
const clearLine = '\u001B[2K\r';

export interface Spinner extends Disposable {
  start(text: string): void;
  /** Changes the text, also of a paused spinner; without one it does nothing. */
  update(text: string): void;
  /** Leaves the line to somebody else; the text is kept for `resume`, even if `finish` is called in between. */
  pause(): void;
  resume(): void;
  finish(): void;
  readonly spinning: boolean;
  /** Prints while the spinner is out of the way. */
  aside(print: () => void): void;
}

type State = { kind: 'off' } | { kind: 'spinning'; text: string; timer: NodeJS.Timeout } | { kind: 'paused'; text: string };

/** A spinner that may not be drawn (no terminal, quiet, test mode) keeps its states and draws nothing. */
export function createSpinner({
  stream,
  drawn,
  colour,
}: {
  stream: NodeJS.WritableStream & { columns?: number };
  drawn: boolean;
  colour: boolean;
}): Spinner {
  const palette = createPalette(colour);
  let state: State = { kind: 'off' };
  let frame = 0;

  function draw(): void {
    if (!drawn || state.kind !== 'spinning') return;
    const text = stripControlSequences(state.text);
    const limit = Math.max((stream.columns ?? 80) - 3, 1);
    const { truncated, index } = truncate(text, { limit, ellipsis: '…' });
    stream.write(`${clearLine}${palette.command(frames[frame % frames.length])} ${text.slice(0, index)}${truncated ? '…' : ''}`);
  }
  function clear(): void {
    if (drawn) stream.write(clearLine);
  }
  function begin(text: string): void {
    if (state.kind === 'spinning') clearInterval(state.timer);
    const timer = setInterval(() => {
      frame += 1;
      draw();
    }, everyMs);
    timer.unref(); // nobody waits for a spinner
    state = { kind: 'spinning', text, timer };
    draw();
  }
  function stop(): string | undefined {
    if (state.kind !== 'spinning') return undefined;
    clearInterval(state.timer);
    clear();
    return state.text;
  }

  const spinner: Spinner = {
    start: begin,
    update(text) {
      switch (state.kind) {
        case 'off':
          return;
        case 'paused':
          state = { kind: 'paused', text };
          return;
        case 'spinning':
          state.text = text;
          draw();
      }
    },
    pause() {
      const text = stop();
      if (text !== undefined) state = { kind: 'paused', text };
    },
    resume() {
      if (state.kind === 'paused') begin(state.text);
    },
    finish() {
      if (stop() !== undefined) state = { kind: 'off' };
    },
    get spinning() {
      return state.kind === 'spinning';
    },
    aside(print) {
      if (state.kind !== 'spinning') return print();
      clear();
      print();
      draw();
    },
    [Symbol.dispose]() {
      spinner.finish();
    },
  };
  return spinner;
}
