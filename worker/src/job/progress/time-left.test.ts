/** What is said about the time left: calm, never taken back upwards, and silent rather than wrong. */
import { expect, test } from 'vitest';
import { Pace, SteadySeconds } from './time-left.ts';

test('a pace is known once it has been watched for a while, and follows what happens', () => {
  const pace = new Pace();
  expect(pace.perSecond()).toBeNull();
  for (let ms = 0; ms < 1_500; ms += 250) pace.note(ms / 10, ms);
  expect(pace.perSecond()).toBeNull();
  pace.note(150, 1_500);
  expect(pace.perSecond()).toBeCloseTo(100);
  // Half as fast from now on: after a quarter of a minute nothing is left of how it was.
  for (let ms = 1_750; ms <= 20_000; ms += 250) pace.note(150 + (ms - 1_500) / 20, ms);
  expect(pace.perSecond()).toBeCloseTo(50);
});

test('what does not move has no pace', () => {
  const pace = new Pace();
  pace.note(5, 0);
  pace.note(5, 10_000);
  expect(pace.perSecond()).toBeNull();
});

test('a figure may fall as it likes, and rises by a fifth at most', () => {
  const steady = new SteadySeconds();
  expect([20, 10, 10.54, 13, 24, 11.94, 5].map((guess) => steady.say(guess))).toEqual([
    ...[20, 10, 10.5, 12, 12, 11.9, 5],
  ]);
});

test('a guess that makes nonsense of the former ones is not said, and neither is none', () => {
  const steady = new SteadySeconds();
  expect([null, 7.6, 75.4, 60, null, 18, 9, 7, Number.NaN].map((guess) => steady.say(guess))).toEqual([
    ...[null, 7.6, null, null, null, 9.1, 9, 7, null],
  ]);
});

test('whatever is guessed, nothing said is a fifth above anything said before', () => {
  const steady = new SteadySeconds();
  let lowest = Number.POSITIVE_INFINITY;
  let seed = 1;
  for (let step = 0; step < 2_000; step += 1) {
    seed = (seed * 48_271) % 2_147_483_647;
    const said = steady.say((2_000 - step) / 20 + (seed % 300) / 10);
    if (said === null) continue;
    expect(said).toBeLessThanOrEqual(lowest * 1.2 + 1e-9);
    lowest = Math.min(lowest, said);
  }
});
