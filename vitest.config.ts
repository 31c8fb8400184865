/** The unit tests, the whole-fleet tests, and the sieges. The page has a runner of its own, `npm run test:browser`. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Every worker, and every process of the fleets that tests start, loads the AWS SDK: compiled before, it takes half the
// time.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules', '.cache', 'wavefleet');

/** Fleets with production's clocks, which are held to seconds: nothing else runs meanwhile. */
const TIMED = ['tests/e2e/hand-over.test.ts'];

export default defineConfig({
  test: {
    pool: 'forks',
    // Files share their worker, and what it has loaded: anew for each, that took as long as the tests (half of the
    // processor time of those that start no FFmpeg). A file leaves nothing behind in its process: no timer, no listener,
    // no variable.
    isolate: false,
    // Only a machine that does ten other things comes near it.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // By default a second, which a busy machine takes for anything.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            '{contracts,client,platform,audio,api,worker,web,cli}/src/**/*.test.ts',
            'localstack/src/**/*.test.ts',
            'audio/ffmpeg-build/**/*.test.ts',
            'tests/{criteria,docs,doctor,images,rooms,run,terraform}/**/*.test.ts',
            'siege/{command,sandbox}/**/*.test.ts',
            'bench/**/*.test.ts',
          ],
          // Vitest would leave one core idle.
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['tests/{acceptance,bring-up,conformance,e2e,rolling}/**/*.test.ts'],
          exclude: TIMED,
          // Each file starts services of its own, and waits for leases and polls as long as it computes.
          maxWorkers: availableParallelism() + 1,
          // Last: of many files side by side none is waited for at the end.
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: { name: 'timed', include: TIMED, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
      {
        extends: true,
        test: {
          name: 'siege',
          include: ['siege/{faults,floods,hostile}/**/*.test.ts'],
          // Each keeps the machine busy by itself, and looks at what a fleet does in time.
          maxWorkers: 1,
          isolate: true,
          // Last, when what `npm test` runs behind them has come to its end.
          sequence: { groupOrder: 4 },
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['{contracts,client,platform,audio,api,worker}/src/**/*.ts'],
      exclude: ['**/*.{test,testing}.ts'],
      reporter: ['text-summary', 'html'],
      reportOnFailure: true,
      thresholds: { lines: 94 },
    },
  },
});
