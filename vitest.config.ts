import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { runsAlone } from './test/tidy/processes.ts';

const TESTS = 'test/**/*.test.ts';
const ALONE = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((path) => `test/${path}`)
  .filter((path) => path.endsWith('.test.ts'))
  .filter((path) => runsAlone(path, (file) => readFileSync(file, 'utf8')));

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export
export default defineConfig({
  test: {
    // uWebSockets.js keeps state per thread, and ends with its process only.
    pool: 'forks',
    // All cores: by default one is left free, which of two is half.
    maxWorkers: '100%',
    testTimeout: 30_000,
    projects: [
      { extends: true, test: { name: 'alone', include: ALONE } },
      {
        extends: true,
        test: { name: 'shared', include: [TESTS], exclude: ALONE, isolate: false },
      },
      { extends: true, test: { name: 'clients', include: ['test/clients/*.client.ts'] } },
      {
        extends: true,
        test: {
          name: 'page',
          include: ['test/**/*.browser.ts'],
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
    ],
  },
});
