import type { OptionSpec } from '../spec';

export const listedStatuses = ['pending', 'running', 'completed', 'failed', 'cancelled', 'skipped', 'crashed'] as const;

/** What `--failed` is about, and the completions of jobs.md 14 count as failed. */
export const failedStatuses = ['failed', 'cancelled', 'crashed'] as const;

export const lastOption: OptionSpec = {
  long: 'last',
  description: 'Only the newest invocations of those that the other options select [default: 1]',
  value: { name: 'N', implied: '1' },
};

export const olderThanOption: OptionSpec = {
  long: 'older-than',
  description: 'Only jobs that have been running for at least this long (30s, 5m, 1h)',
  value: { name: 'DUR' },
};

export const timeoutOption: OptionSpec = {
  long: 'timeout',
  description: 'Give up after this long (30s, 5m, 1h)',
  value: { name: 'DUR' },
};
