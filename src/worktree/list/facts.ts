import type { ColumnName } from './columns';
import type { SortKey, SortName, StatMode } from './sort';

/** What costs something to find out. */
export type Fact = 'size' | 'base' | 'base-lines' | 'changes' | 'changed-lines' | 'remote' | 'remote-lines' | 'age' | 'owner' | 'commit' | 'activity';

/** What shown columns and sort keys need, and nothing else. */
export function factsFor(columns: readonly ColumnName[], sort: readonly SortKey[], stat: StatMode): ReadonlySet<Fact> {
  return new Set([...columns, ...sort.map(({ name }) => name)].flatMap((name) => factsOf(name, stat)));
}

function factsOf(name: ColumnName | SortName, stat: StatMode): readonly Fact[] {
  const lines = stat === 'lines';
  switch (name) {
    case 'annotation': case 'branch': case 'path':
      return [];
    case 'base':
      return lines ? ['base', 'base-lines'] : ['base'];
    case 'changes':
      return lines ? ['changes', 'changed-lines'] : ['changes'];
    case 'remote':
      return lines ? ['remote', 'remote-lines'] : ['remote'];
    case 'hash': case 'last-commit': case 'commit':
      return ['commit'];
    case 'activity':
      return ['activity', 'commit'];
    case 'size': case 'age': case 'owner':
      return [name];
  }
}
