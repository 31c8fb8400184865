/** The runner of the browser tests; `npm run test:browser` and `npm test` start it. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'browser',
    pool: 'forks',
    include: ['tests/browser/**/*.test.ts'],
    // Each brings a fleet and a browser of its own, and waits as long as it computes.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // By default a second, which a busy machine takes for anything.
    expect: { poll: { timeout: 30_000 } },
  },
});
