/** The outline of a waveform. */
import { expect, test } from 'vitest';
import { peaksOf } from './peaks.ts';

test('keeps the loudest sample of every span', () => {
  const samples = new Float32Array([0, 0.5, -1, 0, 0.25, 0.25, 0, -0.75]);
  expect([...peaksOf([samples], 4)]).toEqual([0.5, 1, 0.25, 0.75]);
  expect([...peaksOf([samples], 3)]).toEqual([0.5, 1, 0.75]);
});

test('never makes more spans than there are samples', () => {
  expect([...peaksOf([new Float32Array([0.5, 0.25])], 10)]).toEqual([0.5, 0.25]);
  expect(peaksOf([new Float32Array(0)], 10)).toHaveLength(0);
});

test('sees what is on one side alone', () => {
  const [left, right] = [new Float32Array([0, 0, 0.5, 0]), new Float32Array([0.25, 0, -0.75, 0])];
  expect([...peaksOf([left, right], 2)]).toEqual([0.25, 0.75]);
  expect(peaksOf([], 2)).toHaveLength(0);
});
