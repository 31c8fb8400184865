/** How the list of criteria is read, and what is said of one that is not whole. */
import { expect, test } from 'vitest';
import { hasTest, patternOf } from '../docs/named-tests.ts';
import { readCriteria } from './document.ts';

const whole = [
  '| id | what is demanded | status | shown by |',
  '|---|---|---|---|',
  '| R1.1 | An upload answers at once. | met | `a/x.test.ts` "one"; `a/y.test.ts` "%s is two" |',
  '| R1.2 | An upload is blue. | decided otherwise: nobody sees it. | |',
  '| S1 | It runs on AWS. | needs an AWS account | `npm run there` |',
].join('\n');

test('a row is read with its tests, its reason and whether it names a command', () => {
  expect(readCriteria(whole, { R1: 2, S: 1 })).toEqual({
    problems: [],
    criteria: [
      {
        id: 'R1.1',
        demand: 'An upload answers at once.',
        status: 'met',
        reason: '',
        tests: [
          { file: 'a/x.test.ts', title: 'one' },
          { file: 'a/y.test.ts', title: '%s is two' },
        ],
        hasCommand: false,
      },
      {
        ...{ id: 'R1.2', demand: 'An upload is blue.', status: 'decided otherwise' },
        ...{ reason: 'nobody sees it.', tests: [], hasCommand: false },
      },
      {
        ...{ id: 'S1', demand: 'It runs on AWS.', status: 'needs an AWS account' },
        ...{ reason: '', tests: [], hasCommand: true },
      },
    ],
  });
});

test.each([
  ['a missing id', whole, { R1: 3, S: 1 }, ['R1.3 is missing']],
  ['an id that stands twice', `${whole}\n| S1 | x | not yet: y | |`, { R1: 2, S: 1 }, ['S1 is there twice']],
  ['an id that nobody knows', whole, { R1: 2 }, ['S1 is no criterion']],
  [
    'a status of our own',
    '| S1 | x | nearly | |',
    { S: 1 },
    ['S1: "nearly" is none of: met, decided otherwise, needs an AWS account, not yet'],
  ],
  ['met, without a test', '| S1 | x | met | |', { S: 1 }, ['S1: is met, and names no test']],
  [
    'an account, without a command',
    '| S1 | x | needs an AWS account | |',
    { S: 1 },
    ['S1: names no command'],
  ],
  ['otherwise, without a reason', '| S1 | x | decided otherwise | |', { S: 1 }, ['S1: does not say why']],
  ['a cell too many', '| S1 | x | met | y | z |', { S: 1 }, ['S1: a row has four cells']],
])('%s is said', (_, text, wanted, problems) => {
  expect(readCriteria(text, wanted).problems).toEqual(problems);
});

test.each([
  ["test('it works', async () => {", 'it works'],
  ['])("it\'s %s", (a) => {', "it's %s"],
  ['test.each(x)(\n  `a b`,\n  f)', 'a b'],
  ['run "bucket" {', 'bucket'],
])('%j has it', (source, title) => {
  expect(hasTest(source, title)).toBe(true);
});

test.each([
  ["test('it works today', async () => {", 'it works'],
  ["// 'it works', they say", 'it works'],
])('%j has it not', (source, title) => {
  expect(hasTest(source, title)).toBe(false);
});

test.each([
  ['%s becomes $format (%.30j)', 'a.wav becomes mp3 ({"a":1})', true],
  ['what is wrong? all of it.', 'what is wrong? all of it.', true],
  ['100% of it', '100% of it', true],
  ['what is wrong?', 'what is wron', false],
])('%j as it runs', (title, ran, matches) => {
  expect(new RegExp(`^${patternOf(title)}$`).test(ran)).toBe(matches);
});
