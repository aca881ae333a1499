/** Ctrl-C and kill: a signal kills as it would without us, except that somebody may ask to be told, or to clean up first. */

import { Interrupted } from './context';

type Deadly = 'SIGINT' | 'SIGTERM';

export interface Interruption {
  interruptible: () => AbortSignal;
  whileChildHasTerminal: <T>(work: () => Promise<T>) => Promise<T>;
  beforeDying: (clean: () => void) => void;
}

/**
 * Listens to nothing until asked: a handler alone would make the process deaf to Ctrl-C.
 *
 * @param ending how the process ends when nobody asked to be told. Under a shell function that has yet to change the
 *   directory it must be an exit code: at a child's death by Ctrl-C a shell abandons the function.
 */
export function watchInterruption(process: NodeJS.Process, { ending }: { ending: 'by-signal' | 'by-exit-code' }): Interruption {
  const controller = new AbortController();
  const cleaners: (() => void)[] = [];
  let asked = false;
  let listening = false;
  let childrenAtTerminal = 0;

  function answer(signal: Deadly): void {
    if (signal === 'SIGINT' && childrenAtTerminal > 0) return;
    if (asked && !controller.signal.aborted) {
      controller.abort(new Interrupted(signal));
      return;
    }
    for (const clean of cleaners) clean();
    process.off('SIGINT', answer).off('SIGTERM', answer);
    switch (ending) {
      case 'by-signal':
        process.kill(process.pid, signal); // which tells a shell's loop to stop too
        break;
      case 'by-exit-code':
        // As abrupt as the signal was meant: output that is still on its way would be lost then, too.
        // oxlint-disable-next-line unicorn/no-process-exit
        process.exit(new Interrupted(signal).exitCode);
    }
  }
  function listen(): void {
    if (listening) return;
    listening = true;
    process.on('SIGINT', answer).on('SIGTERM', answer);
  }

  if (ending === 'by-exit-code') listen();
  return {
    interruptible() {
      asked = true;
      listen();
      return controller.signal;
    },
    async whileChildHasTerminal(work) {
      listen();
      childrenAtTerminal += 1;
      try {
        return await work();
      } finally {
        childrenAtTerminal -= 1;
      }
    },
    beforeDying(clean) {
      cleaners.push(clean);
      listen();
    },
  };
}
