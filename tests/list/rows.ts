import type { Row } from '../../src/worktree/list';

/** A row of which only what matters is given. */
export function row(values: Partial<Row>): Row {
  return {
    kind: 'worktree',
    name: 'x',
    path: '/w/x',
    shownPath: 'x',
    isCurrent: false,
    isDefaultBranch: false,
    isSandbox: false,
    sizeBytes: null,
    base: null,
    baseLines: null,
    changes: null,
    changedLines: null,
    remote: null,
    remoteLines: null,
    createdAtSecs: null,
    owner: null,
    commit: null,
    touchedAtSecs: null,
    ...values,
  };
}
