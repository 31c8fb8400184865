/** The runner of the browser tests; `npm run test:browser` and `npm test` start it. */
import { defineConfig } from 'vitest/config';

/** One file at a time: each brings a fleet and a browser of its own. */
export default defineConfig({
  test: {
    name: 'browser',
    pool: 'forks',
    include: ['tests/browser/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
