/** The table of stages, and what is derived from it. */
import { expect, test } from 'vitest';
import { overallPercent, phaseOf, phaseRange, shownStage, stages } from './stages.ts';

test('stages fill the scale without a gap or a step back', () => {
  let last = 0;
  for (const stage of stages) {
    expect(overallPercent(stage, 0)).toBe(last);
    last = overallPercent(stage, 1);
  }
  expect(last).toBe(99);
});

test.each([
  ['download', 0.5, 5],
  ['convert', 0.5, 50],
  ['convert', 0.3333, 36.7],
  ['upload', 7, 99],
  ['convert', -1, 10],
  ['convert', Number.NaN, 10],
] as const)('%s at %s is %s percent', (stage, fraction, percent) => {
  expect(overallPercent(stage, fraction)).toBe(percent);
});

test('three phases for people', () => {
  expect(stages.map(phaseOf)).toEqual([1, 1, 2, 2, 2, 3, 3, 3, 3]);
  expect(([1, 2, 3] as const).map(phaseRange)).toEqual([
    [0, 10],
    [10, 90],
    [90, 100],
  ]);
});

test('three words for readers, one after the other', () => {
  expect(stages.map(shownStage)).toEqual([
    ...['downloading', 'downloading'],
    ...['converting', 'converting', 'converting'],
    ...['uploading', 'uploading', 'uploading', 'uploading'],
  ]);
});
