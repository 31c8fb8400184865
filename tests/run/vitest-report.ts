/** The figures in vitest's JSON report. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Figures } from './suite.ts';

const reportSchema = z.object({
  /** Epoch ms. */
  startTime: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      /** Epoch ms. */
      endTime: z.number(),
      assertionResults: z.array(z.object({ status: z.string() })),
    }),
  ),
});

/** What a report says of some test files. */
export interface FileFigures extends Figures {
  /** From vitest's own start to the end of the last of these files. 0 when there are none. */
  readonly endedAfterMs: number;
}

/**
 * @param isOf which files count, by their absolute path. Default: all.
 * @throws when there is no report: vitest itself did not come to its end.
 */
export function readFigures(path: string, isOf: (file: string) => boolean = () => true): FileFigures {
  const { startTime, testResults } = reportSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const files = testResults.filter(({ name }) => isOf(name));
  const statuses = files.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  const count = (wanted: (status: string) => boolean) => statuses.filter(wanted).length;
  return {
    passed: count((status) => status === 'passed'),
    failed: count((status) => status === 'failed'),
    skipped: count((status) => status !== 'passed' && status !== 'failed'),
    endedAfterMs: Math.max(0, ...files.map(({ endTime }) => endTime - startTime)),
  };
}
