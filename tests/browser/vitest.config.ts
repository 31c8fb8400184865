/** The runner of the browser tests; `npm run test:browser` and `npm test` start it. */
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// As in the other configuration (vitest.config.ts): compiled before, what is loaded takes half the time.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../../node_modules/.cache/wavefleet');

export default defineConfig({
  test: {
    name: 'browser',
    pool: 'forks',
    include: ['tests/browser/**/*.test.ts'],
    // Each brings a fleet and a browser of its own, and waits as long as it computes.
    maxWorkers: 2,
    // Files share their worker, and what it has loaded, as those of the other tests do.
    isolate: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // By default a second, which a busy machine takes for anything.
    expect: { poll: { timeout: 30_000 } },
  },
});
