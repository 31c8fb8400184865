/** The figures in vitest's JSON report. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Figures } from './optional-suite.ts';

const reportSchema = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
});

/** @throws when there is no report: vitest itself did not come to its end. */
export function readFigures(path: string): Figures {
  const report = reportSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests,
  };
}
