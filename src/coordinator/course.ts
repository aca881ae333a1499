import type { Ending } from '../hooks/schedule';
import type { PlannedJob } from '../logstore';
import type { Fire, LiveJob } from './surroundings';
import type { Watch } from './watch';

export interface Node {
  name: string;
  needs: readonly string[];
  after?: readonly string[] | undefined;
  dir: string;
  /** Undefined for a survivor without plan. */
  planned: PlannedJob | undefined;
}

/** A fire with what has become of its jobs: one that is in neither `live` nor `ended` waits. */
export interface Course extends Fire {
  nodes: ReadonlyMap<string, Node>;
  live: Map<string, LiveJob>;
  ended: Map<string, Ending>;
  /** Told to end before their start; recorded a few at a time. */
  dropped: Set<string>;
  /** Ended for us without a word on disk: the disk refused what comes before the start. */
  givenUp: Set<string>;
  /** Ended, and not yet on disk: further tries to write them, by name. */
  unrecorded: Map<string, Disposable>;
  watch: Watch;
  /** None of its jobs is started yet. */
  held: boolean;
}

export function waitingIn({ nodes, live, ended }: Course): number {
  return nodes.size - live.size - ended.size;
}

export function isWaiting({ live, ended }: Course, name: string): boolean {
  return !live.has(name) && !ended.has(name);
}

export function dispatchedAt({ plan, invocation }: Course): number {
  return (plan?.dispatchedAt ?? invocation.createdAt).getTime();
}
