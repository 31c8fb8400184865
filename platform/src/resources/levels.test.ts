/** When an excess begins and when it is over. */
import { expect, test } from 'vitest';
import { type Grade, type Levels, nextGrade } from './levels.ts';

const disk: Levels = { worse: 'below', warn: 200, refuse: 100 };
const delay: Levels = { worse: 'above', warn: 100, refuse: 200 };
const cpu: Levels = { worse: 'above', warn: 90 };

/** The grades after each reading. */
function gradesOf(levels: Levels, readings: readonly number[]): Grade[] {
  let grade: Grade = 'fine';
  return readings.map((reading) => {
    grade = nextGrade(grade, reading, levels);
    return grade;
  });
}

test.each<[string, Levels, [number, Grade][]]>([
  [
    'free space that shrinks and comes back',
    disk,
    [
      [201, 'fine'],
      [200, 'fine'],
      [199, 'high'],
      [100, 'high'],
      [99, 'exhausted'],
      [101, 'exhausted'],
      [149, 'exhausted'],
      [150, 'high'],
      [101, 'high'],
      [219, 'high'],
      [221, 'fine'],
      [200, 'fine'],
      [50, 'exhausted'],
      [500, 'fine'],
    ],
  ],
  [
    'a delay that grows and falls',
    delay,
    [
      [100, 'fine'],
      [101, 'high'],
      [201, 'exhausted'],
      [199, 'exhausted'],
      [151, 'exhausted'],
      [150, 'high'],
      [91, 'high'],
      [90, 'fine'],
      [300, 'exhausted'],
      [10, 'fine'],
    ],
  ],
  [
    'what is only warned of',
    cpu,
    [
      [91, 'high'],
      [1_000, 'high'],
      [82, 'high'],
      [81, 'fine'],
    ],
  ],
])('%s', (_, levels, steps) => {
  expect(
    gradesOf(
      levels,
      steps.map(([reading]) => reading),
    ),
  ).toEqual(steps.map(([, grade]) => grade));
});

test('a reading that swings around a level changes the grade once', () => {
  expect(new Set(gradesOf(disk, [99, 105, 99, 105, 99]))).toEqual(new Set(['exhausted']));
  expect(new Set(gradesOf(delay, [101, 99, 101, 99]))).toEqual(new Set(['high']));
});
