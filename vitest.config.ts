import { defineConfig } from 'vitest/config';

/** Unit tests beside the code run side by side; whole-fleet tests one file at a time, two cores are soon full. */
export default defineConfig({
  test: {
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            '{contracts,client,platform,api,worker,web,cli}/src/**/*.test.ts',
            'localstack/src/**/*.test.ts',
            'tests/{doctor,images,rooms,terraform}/**/*.test.ts',
            'bench/**/*.test.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['tests/{e2e,conformance,rolling}/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['{contracts,client,platform,api,worker}/src/**/*.ts'],
      exclude: ['**/*.{test,testing}.ts'],
      reporter: ['text-summary', 'html'],
      reportOnFailure: true,
      thresholds: { lines: 90 },
    },
  },
});
