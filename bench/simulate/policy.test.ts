/** The scaling policies, as AWS describes its own. */
import { expect, test } from 'vitest';
import {
  backlogPerTask,
  backlogTarget,
  type Datapoint,
  loadPerTask,
  type ScalingPolicy,
  TargetTracking,
  Together,
  WakeFromZero,
} from './policy.ts';

const settings = {
  target: 10,
  minTasks: 1,
  maxTasks: 50,
  scaleOutCooldown: 180,
  scaleInCooldown: 300,
  scaleInShare: 1,
};
const point = (visible: number, running: number, rest: Partial<Datapoint> = {}): Datapoint => ({
  visible,
  inFlight: 0,
  running,
  cpu: undefined,
  ...rest,
});

/** Feeds one datapoint a minute; answers the desired count after each. */
function run(policy: ScalingPolicy, datapoints: readonly Datapoint[], desired: number, from = 0): number[] {
  let count = desired;
  return datapoints.map((datapoint, minute) => {
    count = policy.decide(datapoint, count, (from + minute) * 60);
    return count;
  });
}
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const backlog = () => new TargetTracking(backlogPerTask, settings);

test('out after three datapoints above the target, in proportion, rounded up', () => {
  expect(run(backlog(), times(3, point(43, 2)), 2)).toEqual([2, 2, 5]); // 21.5 / 10 × 2 = 4.3
});

test('a datapoint at the target breaks the row', () => {
  const datapoints = [point(22, 2), point(22, 2), point(20, 2), point(22, 2), point(22, 2), point(22, 2)];
  expect(run(backlog(), datapoints, 2)).toEqual([2, 2, 2, 2, 2, 3]);
});

test('never beyond the maximum', () => {
  expect(run(backlog(), times(3, point(10_000, 2)), 2).at(-1)).toBe(50);
});

test('within the cooldown the capacity before it is the base; after it, the new one', () => {
  // Tasks take their time to start: 2 run all the while, so the metric stays at 20.
  const desired = run(backlog(), times(8, point(40, 2)), 2);
  expect(desired).toEqual([2, 2, 4, 4, 4, 8, 8, 8]);
});

test('within the cooldown a larger need still gets more, from the same base', () => {
  const datapoints = [...times(3, point(40, 2)), point(60, 2)];
  expect(run(backlog(), datapoints, 2)).toEqual([2, 2, 4, 6]);
});

test('in after fifteen datapoints below nine tenths of the target, not after fourteen, not at nine tenths', () => {
  expect(run(backlog(), times(14, point(40, 10)), 10).at(-1)).toBe(10);
  expect(run(backlog(), times(15, point(40, 10)), 10).at(-1)).toBe(4);
  expect(run(backlog(), times(60, point(90, 10)), 10).at(-1)).toBe(10);
});

test('in again only after the cooldown, and never below the minimum', () => {
  const desired = run(backlog(), times(30, point(50, 10)), 10);
  expect(desired.slice(13, 21)).toEqual([10, 5, 5, 5, 5, 5, 3, 3]);
  expect(run(backlog(), times(30, point(0, 10)), 10).at(-1)).toBe(1);
});

test('a gradual scale-in takes away no more than its share', () => {
  const gradual = new TargetTracking(backlogPerTask, { ...settings, scaleInShare: 0.25 });
  expect(run(gradual, times(20, point(0, 10)), 10).slice(13)).toEqual([10, 8, 8, 8, 8, 8, 6]);
});

test('without data nothing happens', () => {
  const cpu = new TargetTracking((datapoint) => datapoint.cpu, settings);
  expect(run(cpu, times(60, point(1_000, 0)), 3).at(-1)).toBe(3);
});

test('target tracking never leaves zero; the step alarm does, and does not hold a scale-in back', () => {
  const toZero = new TargetTracking(backlogPerTask, { ...settings, minTasks: 0 });
  expect(run(toZero, times(10, point(500, 0)), 0).at(-1)).toBe(0);
  const both = () =>
    new Together([new TargetTracking(backlogPerTask, { ...settings, minTasks: 0 }), new WakeFromZero()]);
  expect(run(both(), [point(0, 0), point(1, 0)], 0)).toEqual([0, 1]);
  expect(run(both(), times(15, point(0, 4)), 4).at(-1)).toBe(0);
});

test('targets and metrics', () => {
  expect(backlogTarget(60, 15, 2)).toBe(8);
  expect(backlogPerTask(point(12, 0))).toBe(12);
  expect(loadPerTask(60, 15)(point(40, 5, { inFlight: 8 }))).toBe(3.6); // (8 + 40 / 4) / 5
});
