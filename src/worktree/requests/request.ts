/** A pull or merge request as its forge tells of it, checked. */

import { requestLabel, type Forge, type RepositoryLocation } from '../request-form';

export interface ForgeRequest {
  forge: Forge;
  number: number;
  /** Safe to show. */
  title: string;
  /** Undefined while it is open. */
  ended: 'closed' | 'merged' | undefined;
  /** The one it wants to be merged into. */
  repository: RepositoryLocation;
  head: Head;
}

export interface Head {
  /** A name that git takes. */
  branch: string;
  commit: string;
  home: HeadHome;
  /** Whoever may write to the repository may also push to the head. */
  writable: boolean;
}

export type HeadHome =
  /** The repository itself. */
  | { kind: 'base' }
  | { kind: 'fork'; path: string }
  /** The fork has been deleted, or is not for us to see. */
  | { kind: 'gone'; owner: string | undefined };

/** The ref by which the repository itself has the head, wherever it lives. */
export function pullRef({ forge, number }: Pick<ForgeRequest, 'forge' | 'number'>): string {
  switch (forge) {
    case 'github':
      return `refs/pull/${number}/head`;
    case 'gitlab':
      return `refs/merge-requests/${number}/head`;
  }
}

/** `Pull request #7 (merged): Count VAT`. */
export function introduce(request: ForgeRequest): string {
  const label = requestLabel(request);
  const name = `${label.charAt(0).toUpperCase()}${label.slice(1)}${request.ended === undefined ? '' : ` (${request.ended})`}`;
  return request.title === '' ? name : `${name}: ${request.title}`;
}
