import { Fault } from './fault';

const maxSteps = 10_000_000;
const maxTextLength = 1 << 24;
const maxOutputLength = 1 << 26;
const maxDepth = 1_500;

/**
 * What one rendering may use up. A template is a program: it can loop, recurse, and double a string forty times. Whoever
 * does work that grows with the data pays for it here first, and a rendering that cannot pay ends with an error.
 */
export class Budget {
  #steps = maxSteps;
  #output = maxOutputLength;
  #depth = 0;
  /** Offset in the template of what is being worked on, for who runs out without knowing where. */
  place = 0;

  /** @param steps roughly: visits of a node or of an element */
  spend(steps = 1): void {
    this.#steps -= steps;
    if (this.#steps < 0) throw new Fault('the template does too much work', { limit: true });
  }

  /** Pays for making a text of this many UTF-16 units; to be called before it is made. */
  text(length: number): void {
    if (length > maxTextLength) throw new Fault('the template makes a text that is too long', { limit: true });
    this.spend(length / 16);
  }

  /** Pays for looking for `needle`, which in the worst case is their product. */
  search(haystack: string, needle: string): void {
    this.spend(haystack.length / 16 + (haystack.length * needle.length) / 512);
  }

  /** Pays for what is printed, which may be longer than a single text. */
  output(length: number): void {
    this.#output -= length;
    if (this.#output < 0) throw new Fault('the template prints too much', { limit: true });
  }

  /** Surrounds whatever calls itself: our own stack must not overflow. */
  descend<T>(work: () => T): T {
    this.#depth += 1;
    if (this.#depth > maxDepth) throw new Fault('the template is nested too deeply', { limit: true });
    try {
      return work();
    } finally {
      this.#depth -= 1;
    }
  }
}
