/** Vitest's JSON report: the figures in it, and what became of it when the files that failed were run once more. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { z } from 'zod';
import type { Figures, Shortfall } from './suite.ts';

const reportSchema = z.object({
  /** Epoch ms. */
  startTime: z.number(),
  testResults: z.array(
    z.object({
      /** Absolute path. */
      name: z.string(),
      /** Epoch ms. */
      endTime: z.number(),
      status: z.string(),
      /** Why the file itself failed: its imports, or what it does before and after its tests. */
      message: z.string(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()) }),
      ),
    }),
  ),
});

/** A test as it ended. */
interface Ended {
  readonly name: string;
  /** `passed`, `failed`, or one of several words for not run. */
  readonly status: string;
  /** Why it failed: also at a first try, when it passed at the second. */
  readonly message: string | undefined;
}

/** A test file that was run. */
interface RanFile {
  /** Absolute path. */
  readonly path: string;
  /** From vitest's start to this file's end. */
  readonly endedAfterMs: number;
  readonly tests: readonly Ended[];
}

/** What vitest reports, file by file. */
export type Report = readonly RanFile[];

/** What a report says of some test files. */
export interface FileFigures extends Figures {
  /** From vitest's own start to the end of the last of these files. 0 when there are none. */
  readonly endedAfterMs: number;
}

/** @throws when there is no report: vitest itself did not come to its end. */
export function readReport(path: string): Report {
  const { startTime, testResults } = reportSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  return testResults.map(({ name, endTime, status, message, assertionResults }) => {
    const tests: Ended[] = assertionResults.map(({ fullName, status, failureMessages }) => ({
      name: fullName,
      status,
      message: failureMessages[0],
    }));
    // A file whose beforeAll fails has no failed test: all of them are only skipped.
    if (status === 'failed' && !tests.some(failed)) tests.push({ name: 'the file itself', status, message });
    return { path: name, endedAfterMs: endTime - startTime, tests };
  });
}

/** The files that have a failed test. */
export const failedFiles = (report: Report): string[] =>
  report.filter(({ tests }) => tests.some(failed)).map(({ path }) => path);

/**
 * @param second of the files that had failed, run once more.
 * @returns the first report, with these files as they ended at the second try. It has them at the time of the first.
 */
export function withSecondTry(first: Report, second: Report): Report {
  return first.map((file) => {
    const again = second.find(({ path }) => path === file.path);
    if (again === undefined) return file;
    const before = file.tests.filter(failed);
    const whole = before.find(({ name }) => !again.tests.some((test) => test.name === name));
    const tests = again.tests.map((test) => ({
      ...test,
      message: test.message ?? (before.find(({ name }) => name === test.name) ?? whole)?.message,
    }));
    return { ...file, tests };
  });
}

/** @param isOf which files count, by their absolute path. Default: all. */
export function figuresOf(report: Report, isOf: (file: string) => boolean = () => true): FileFigures {
  const files = report.filter(({ path }) => isOf(path));
  const tests = files.flatMap(({ path, tests }) => tests.map((test) => ({ ...test, path })));
  const count = (wanted: (test: Ended) => boolean) => tests.filter(wanted).length;
  return {
    passed: count(passed),
    failed: count(failed),
    skipped: count((test) => !passed(test) && !failed(test)),
    shortfalls: tests.flatMap(({ path, name, status, message }): Shortfall[] =>
      message === undefined
        ? []
        : [{ test: `${relative(process.cwd(), path)} > ${name}`, message, atSecondTry: status === 'passed' }],
    ),
    endedAfterMs: Math.max(0, ...files.map(({ endedAfterMs }) => endedAfterMs)),
  };
}

const passed = ({ status }: Ended): boolean => status === 'passed';
const failed = ({ status }: Ended): boolean => status === 'failed';
