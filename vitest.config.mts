import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { DAFT_FAULTS: 'true', DAFT_VERSION: JSON.stringify('0.0.0-test'), DAFT_GRAMMAR: JSON.stringify('test') },
  test: {
    include: ['tests/**/*.test.ts', 'src/**/*.test.ts'],
    globalSetup: ['tests/support/tripwire.ts'],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 30_000,
  },
});
