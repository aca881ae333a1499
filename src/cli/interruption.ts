/** Ctrl-C and kill: a signal kills as it would without us, except that somebody may ask to be told, or to clean up first. */

import { Interrupted } from './context';

type Deadly = 'SIGINT' | 'SIGTERM';

export interface Interruption {
  interruptible: () => AbortSignal;
  whileChildHasTerminal: <T>(work: () => Promise<T>) => Promise<T>;
  beforeDying: (clean: () => void) => void;
}

/** Listens to nothing until asked: a handler alone would make the process deaf to Ctrl-C. */
export function watchInterruption(process: NodeJS.Process): Interruption {
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
    // Dying of the signal itself, not of an exit code, tells a shell's loop to stop too.
    process.kill(process.pid, signal);
  }
  function listen(): void {
    if (listening) return;
    listening = true;
    process.on('SIGINT', answer).on('SIGTERM', answer);
  }

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
