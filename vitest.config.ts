import { defineConfig } from 'vitest/config';

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // uWebSockets.js keeps state per thread that outlives a test file: a process a file forgets it.
    pool: 'forks',
    testTimeout: 30_000,
  },
});
