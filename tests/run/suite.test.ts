/** What the end of `npm test` says. */
import { expect, test } from 'vitest';
import { inWords, shortfallsOf, sumOf, tableOf } from './suite.ts';

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
  expect(sumOf(outcomes)).toMatchObject({ passed: 1100, failed: 1, skipped: 2 });
});

test('what fell short is named at the end, with the first lines of why', () => {
  const shortfalls = [
    { test: 'a.test.ts > one', message: 'expected 1\nat line 3', atSecondTry: false },
    { test: 'b.test.ts > two', message: 'timed out', atSecondTry: true },
  ];
  const outcomes = [{ name: 'unit', seconds: 1, figures: { passed: 4, failed: 1, skipped: 0, shortfalls } }];
  expect(inWords(sumOf(outcomes))).toBe('4 passed (1 at a second try), 1 failed, 0 skipped');
  expect(shortfallsOf(outcomes)).toBe(
    'Failed: a.test.ts > one\n    expected 1\n    at line 3\nPassed at a second try: b.test.ts > two\n    timed out\n',
  );
  expect(shortfallsOf([{ name: 'check', seconds: 1 }])).toBe('');
});
