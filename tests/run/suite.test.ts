/** What the end of `npm test` says. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sumOf, tableOf } from './suite.ts';
import { readFigures } from './vitest-report.ts';

test('a line per part and one for all, what was not run among them', () => {
  const outcomes = [
    { name: 'check', seconds: 14.6 },
    { name: 'unit', seconds: 100.2, figures: { passed: 800, failed: 1, skipped: 0 } },
    {
      name: 'e2e',
      seconds: 200,
      figures: { passed: 300, failed: 0, skipped: 2 },
      note: 'coverage or the runner fell short',
    },
    { name: 'containers', seconds: 0, note: 'not run, no Docker engine answers' },
  ];
  expect(tableOf(outcomes, 302.4)).toBe(
    [
      'check          15 s',
      'unit          100 s  800 passed, 1 failed, 0 skipped',
      'e2e           200 s  300 passed, 0 failed, 2 skipped; coverage or the runner fell short',
      'containers      0 s  not run, no Docker engine answers',
      'all           302 s  1100 passed, 1 failed, 2 skipped',
    ].join('\n'),
  );
  expect(sumOf(outcomes)).toEqual({ passed: 1100, failed: 1, skipped: 2 });
});

test('a report is read for some of its files, and what is neither passed nor failed was skipped', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'wavefleet-report-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  const path = join(dir, 'report.json');
  const file = (name: string, endTime: number, ...statuses: string[]) => ({
    name,
    endTime,
    assertionResults: statuses.map((status) => ({ status })),
  });
  const testResults = [
    file('/r/api/a.test.ts', 4_000, 'passed', 'failed', 'pending'),
    file('/r/tests/e2e/b.test.ts', 9_000, 'passed', 'todo', 'skipped'),
  ];
  await writeFile(path, JSON.stringify({ startTime: 1_000, testResults }));
  expect(readFigures(path, (name) => name.includes('/e2e/'))).toEqual({
    ...{ passed: 1, failed: 0, skipped: 2 },
    endedAfterMs: 8_000,
  });
  expect(readFigures(path)).toEqual({ passed: 2, failed: 1, skipped: 3, endedAfterMs: 8_000 });
  expect(readFigures(path, () => false)).toEqual({ passed: 0, failed: 0, skipped: 0, endedAfterMs: 0 });
  expect(() => readFigures(join(dir, 'none.json'))).toThrow('ENOENT');
});
