/** What results mean: a criterion is shown when all cases of all its tests have passed, and by nothing less. */
import { expect, test } from 'vitest';
import { readCriteria } from './document.ts';
import { outcomeOf, summaryOf, type TestResult } from './verdicts.ts';

const ran = (title: string, status: TestResult['status'], file = '/r/a.test.ts') => ({ file, title, status });

test.each([
  ['passed', [ran('mp3 is fine', 'passed'), ran('wav is fine', 'passed'), ran('another', 'failed')]],
  ['failed', [ran('mp3 is fine', 'passed'), ran('wav is fine', 'failed')]],
  ['skipped', [ran('mp3 is fine', 'passed'), ran('wav is fine', 'skipped')]],
  ['did not run', [ran('mp3 is fine, or not', 'passed'), ran('mp3 is fine', 'passed', '/r/b.test.ts')]],
] as const)('%s', (outcome, results) => {
  expect(outcomeOf({ file: 'a.test.ts', title: '%s is fine' }, results, '/r')).toBe(outcome);
});

const { criteria } = readCriteria(
  [
    '| S1 | x | met | `a.test.ts` "one"; `a.test.ts` "two" |',
    '| S2 | x | met | `a.test.ts` "one" |',
    '| S3 | x | decided otherwise: y | `a.test.ts` "three" |',
    '| S4 | x | needs an AWS account | `npm run there` |',
    '| S5 | x | not yet: y | |',
  ].join('\n'),
  {},
);

test('the last line counts what was shown, and the others by their status', () => {
  expect(summaryOf(criteria, () => 'passed')).toEqual({
    line: 'criteria shown 2/2, decided otherwise 1, need an account 1, not yet 1',
    allShown: true,
  });
});

test.each([
  ['two', 'skipped', 1],
  ['one', 'failed', 0],
  ['three', 'elsewhere', 2],
] as const)('"%s" %s: not all is shown', (title, outcome, shown) => {
  const summary = summaryOf(criteria, (test) => (test.title === title ? outcome : 'passed'));
  expect(summary).toEqual({
    line: `criteria shown ${shown}/2, decided otherwise 1, need an account 1, not yet 1`,
    allShown: false,
  });
});
