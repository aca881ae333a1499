import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's young generation from growing until it is disposed of: for who reads much of which next to nothing is kept. It
 * would grow to 48 MB, more than all the rest of us.
 */
export function keepYoungGenerationSmall(): Disposable {
  setFlagsFromString('--semi-space-growth-factor=1');
  return {
    // The default: compiled code that was kept under other flags would fit nobody.
    [Symbol.dispose]: () => setFlagsFromString('--semi-space-growth-factor=2'),
  };
}
