import type { OptionSpec } from '../spec';

export const listedStatuses = ['pending', 'running', 'completed', 'failed', 'cancelled', 'skipped', 'crashed'] as const;

export const timeoutOption: OptionSpec = {
  long: 'timeout',
  description: 'Give up after this long (30s, 5m, 1h)',
  value: { name: 'DUR' },
};
