import type { Excess } from '../logstore';
import { terminateGroup } from '../process';

/** Why a job that runs has to end. */
export type StopReason = { kind: 'cancel' } | Excess;

/** The termination ladder of one process group (jobs.md 6.6), walked at most once, for the first reason or for a cancel. */
export class Ladder {
  readonly #group: number;
  readonly #note: (excess: Excess) => void;
  readonly #impatience = new AbortController();
  #walk: Promise<unknown> | undefined;
  #because: StopReason | undefined;

  /** @param note makes the reason durable, before the first signal; of a cancel, whoever cancels does */
  constructor(group: number, note: (excess: Excess) => void) {
    this.#group = group;
    this.#note = note;
  }

  /** Why the group has to end; a cancel is the stronger reason, whichever came first. */
  get because(): StopReason | undefined {
    return this.#because;
  }

  /**
   * The first signals are sent before this returns; `kill` on the way down cuts the grace short within moments. The caller
   * knows that the group is still the job's.
   */
  descend(because: StopReason, { kill }: { kill: boolean }): void {
    if (this.#because === undefined && because.kind !== 'cancel') this.#note(because);
    if (this.#because === undefined || because.kind === 'cancel') this.#because = because;
    if (kill) this.#impatience.abort();
    this.#walk ??= terminateGroup(this.#group, { first: kill ? 'SIGKILL' : 'SIGTERM', impatience: this.#impatience.signal });
  }

  /** Resolves at its bottom: the group is extinct or cannot be killed. At once if nobody descends. */
  async bottom(): Promise<void> {
    await this.#walk;
  }
}
