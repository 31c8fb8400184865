/** The speed of an upload, smoothed. */
import { expect, test } from 'vitest';
import { SpeedMeter } from './speed.ts';

test('knows the speed of the last seconds only', () => {
  let now = 0;
  const meter = new SpeedMeter(() => now);
  expect(meter.bytesPerSecond()).toBeNull();
  let bytes = 0;
  const run = (seconds: number, perSecond: number) => {
    for (let i = 0; i < seconds * 4; i += 1) {
      now += 250;
      bytes += perSecond / 4;
      meter.record(bytes);
    }
  };
  meter.record(0);
  run(10, 1_000);
  expect(meter.bytesPerSecond()).toBeCloseTo(1_000, -1);
  run(10, 100);
  expect(meter.bytesPerSecond()).toBeCloseTo(100, -1);
});

test('a line that is stuck gets slower, and a pause starts anew', () => {
  let now = 0;
  const meter = new SpeedMeter(() => now);
  meter.record(0);
  now = 1_000;
  meter.record(1_000);
  expect(meter.bytesPerSecond()).toBe(1_000);
  now = 4_000;
  expect(meter.bytesPerSecond()).toBe(250);
  meter.reset();
  expect(meter.bytesPerSecond()).toBeNull();
});
