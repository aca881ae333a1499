import type { Settings } from '../config';
import { parseOwnershipStrategy, type OwnershipStrategy } from '../worktree/ownership';
import type { CommandContext } from './context';

/** The strategy of the settings; one that there is not is told, and the default taken. */
export function ownershipOf({ ownershipStrategy }: Settings, { stderr }: CommandContext): OwnershipStrategy {
  const { strategy, unknown } = parseOwnershipStrategy(ownershipStrategy);
  if (unknown !== undefined) stderr.stream.write(`daft: unknown value for daft.ownership.strategy: "${unknown}" — using default\n`);
  return strategy;
}
