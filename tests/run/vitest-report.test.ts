/** What is read from vitest's reports, of one try and of two. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { failedFiles, figuresOf, readReport, withSecondTry } from './vitest-report.ts';

/** @param statuses of the tests by their names; of a failed one the message is `why NAME`. */
const file = (
  name: string,
  endTime: number,
  statuses: Readonly<Record<string, string>>,
  { status = Object.values(statuses).includes('failed') ? 'failed' : 'passed', message = '' } = {},
) => ({
  ...{ name, endTime, status, message },
  assertionResults: Object.entries(statuses).map(([fullName, status]) => ({
    ...{ fullName, status },
    failureMessages: status === 'failed' ? [`why ${fullName}`] : [],
  })),
});

async function reportOf(...testResults: readonly ReturnType<typeof file>[]) {
  const dir = await mkdtemp(join(tmpdir(), 'wavefleet-report-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  const path = join(dir, 'report.json');
  await writeFile(path, JSON.stringify({ startTime: 1_000, testResults }));
  return readReport(path);
}

test('a report is read for some of its files, and what is neither passed nor failed was skipped', async () => {
  const report = await reportOf(
    file('/r/api/a.test.ts', 4_000, { one: 'passed', two: 'failed', three: 'pending' }),
    file('/r/tests/e2e/b.test.ts', 9_000, { one: 'passed', two: 'todo', three: 'skipped' }),
  );
  expect(figuresOf(report, (name) => name.includes('/e2e/'))).toEqual({
    ...{ passed: 1, failed: 0, skipped: 2, shortfalls: [] },
    endedAfterMs: 8_000,
  });
  expect(figuresOf(report)).toEqual({
    ...{ passed: 2, failed: 1, skipped: 3, endedAfterMs: 8_000 },
    shortfalls: [
      { test: expect.stringMatching(/a\.test\.ts > two$/), message: 'why two', atSecondTry: false },
    ],
  });
  expect(failedFiles(report)).toEqual(['/r/api/a.test.ts']);
  expect(figuresOf(report, () => false)).toMatchObject({ passed: 0, failed: 0, skipped: 0, endedAfterMs: 0 });
  expect(() => readReport('/nowhere/none.json')).toThrow('ENOENT');
});

test('a file that fails before its tests counts as failed, although all of them are only skipped', async () => {
  const report = await reportOf(
    file('/r/a.test.ts', 4_000, { one: 'skipped' }, { status: 'failed', message: 'no Redis' }),
  );
  expect(figuresOf(report)).toMatchObject({ passed: 0, failed: 1, skipped: 1 });
  expect(failedFiles(report)).toEqual(['/r/a.test.ts']);
});

test('the second try decides, and is told of', async () => {
  const first = await reportOf(
    file('/r/a.test.ts', 4_000, { one: 'passed', two: 'failed', three: 'failed' }),
    file('/r/b.test.ts', 5_000, { one: 'skipped' }, { status: 'failed', message: 'no Redis' }),
    file('/r/c.test.ts', 6_000, { one: 'passed' }),
  );
  const second = await reportOf(
    file('/r/a.test.ts', 90_000, { one: 'failed', two: 'passed', three: 'failed' }),
    file('/r/b.test.ts', 95_000, { one: 'passed' }),
  );
  const { shortfalls, ...figures } = figuresOf(withSecondTry(first, second));
  expect(figures).toEqual({ passed: 3, failed: 2, skipped: 0, endedAfterMs: 5_000 });
  expect(shortfalls?.map(({ message, atSecondTry }) => [message, atSecondTry])).toEqual([
    ['why one', false],
    ['why two', true],
    ['why three', false],
    ['no Redis', true],
  ]);
});
