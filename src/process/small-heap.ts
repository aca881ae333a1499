import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's heap from growing much beyond what is in use, until it is disposed of: for who reads much of which next to
 * nothing is kept. The young generation would grow to 48 MB, more than all the rest of us, and the old one to a multiple of
 * what it holds.
 */
export function keepHeapSmall(): Disposable {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=40');
  return {
    // The defaults: compiled code that was kept under other flags would fit nobody.
    [Symbol.dispose]() {
      setFlagsFromString('--semi-space-growth-factor=2');
      setFlagsFromString('--heap-growing-percent=0');
    },
  };
}
