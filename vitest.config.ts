/** The unit tests, the whole-fleet tests, and the sieges. The page has a runner of its own, `npm run test:browser`. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Every test file is a process that loads the AWS SDK once more: compiled before, it takes half the time. The
// fleets that tests start keep theirs in the same place.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules', '.cache', 'wavefleet');

export default defineConfig({
  test: {
    pool: 'forks',
    // Only a machine that does ten other things comes near it.
    testTimeout: 180_000,
    hookTimeout: 180_000,
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
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['tests/{acceptance,bring-up,conformance,e2e,rolling}/**/*.test.ts'],
          // Each file starts services of its own, and waits for leases and polls as long as it computes.
          maxWorkers: availableParallelism() + 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'siege',
          include: ['siege/{faults,floods,hostile}/**/*.test.ts'],
          // Each keeps the machine busy by itself, and looks at what a fleet does in time.
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
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
