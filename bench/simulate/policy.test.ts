/** The scaling policies, as AWS describes its own. */
import { expect, test } from 'vitest';
import { CloudWatch, type Deliveries, plain } from './cloudwatch.ts';
import { backlogTarget, FirstTask, type ScalingPolicy, TargetTracking, Together } from './policy.ts';
import { Random } from './random.ts';

const settings = {
  ...{ target: 10, minTasks: 1, maxTasks: 50 },
  ...{ scaleOutCooldown: 180, scaleInCooldown: 300, scaleInShare: 1 },
};
const atOnce = { lag: 0, jitter: 0, gapShare: 0 };
const deliveries: Deliveries = {
  ...{ visible: atOnce, inFlight: atOnce, running: atOnce, cpu: atOnce },
  ...{ desiredLoad: atOnce, stranded: atOnce },
};

/** Feeds one datapoint a minute, undefined for none; answers the desired count after each. */
function run(policy: ScalingPolicy, values: readonly (number | undefined)[], desired: number): number[] {
  const watch = new CloudWatch(deliveries, new Random(1));
  let count = desired;
  return values.map((value, before) => {
    const minute = 100 + before;
    watch.put('desiredLoad', minute, value);
    watch.put('stranded', minute, value);
    count = policy.decide(watch, count, minute * 60 + 20);
    return count;
  });
}
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const load = (change: Partial<typeof settings> = {}) =>
  new TargetTracking(plain('desiredLoad'), { ...settings, ...change });
const firstTask = { breaching: 1, of: 3, adjustment: 'add', cooldown: 600 } as const;
/** A fleet that runs before the test begins: alarms of three datapoints need three. */
const calm = times(5, 10);

test('out after three datapoints above the target, in proportion, rounded up', () => {
  expect(run(load(), [...calm, ...times(3, 21.5)], 2).slice(5)).toEqual([2, 2, 5]); // 21.5 / 10 × 2 = 4.3
});

test('a datapoint at the target breaks the row', () => {
  expect(run(load(), [...calm, 11, 11, 10, 11, 11, 11], 2).slice(5)).toEqual([2, 2, 2, 2, 2, 3]);
});

test('a datapoint that never comes does not: the alarm takes an older one', () => {
  expect(run(load(), [...calm, 11, 11, undefined, 11], 2).slice(5)).toEqual([2, 2, 2, 3]);
});

test('never beyond the maximum', () => {
  expect(run(load(), [...calm, ...times(3, 5_000)], 2).at(-1)).toBe(50);
});

test('within the cooldown the capacity before it is the base; after it, the new one', () => {
  // Tasks take their time to start: 2 run all the while, so the metric stays at 20.
  expect(run(load(), [...calm, ...times(8, 20)], 2).slice(5)).toEqual([2, 2, 4, 4, 4, 8, 8, 8]);
});

test('within the cooldown a larger need still gets more, from the same base', () => {
  expect(run(load(), [...calm, ...times(3, 20), 30], 2).slice(5)).toEqual([2, 2, 4, 6]);
});

test('in after fifteen datapoints below nine tenths of the target, not after fourteen, not at nine tenths', () => {
  expect(run(load(), [...calm, ...times(14, 4)], 10).at(-1)).toBe(10);
  expect(run(load(), [...calm, ...times(15, 4)], 10).at(-1)).toBe(4);
  expect(run(load(), [...calm, ...times(60, 9)], 10).at(-1)).toBe(10);
});

test('in again only after the cooldown, and never below the minimum', () => {
  const desired = run(load(), [...calm, ...times(30, 5)], 10).slice(5);
  expect(desired.slice(13, 21)).toEqual([10, 5, 5, 5, 5, 5, 3, 3]);
  expect(run(load(), [...calm, ...times(30, 0)], 10).at(-1)).toBe(1);
});

test('a gradual scale-in takes away no more than its share', () => {
  const values = [...calm, ...times(20, 0)];
  expect(run(load({ scaleInShare: 0.25 }), values, 10).slice(18)).toEqual([10, 8, 8, 8, 8, 8, 6]);
});

test('without data nothing happens', () => {
  expect(run(load(), times(60, undefined), 3).at(-1)).toBe(3);
});

test('target tracking never leaves zero; the step alarm does, adds one, and does not hold a scale-in back', () => {
  expect(run(load({ minTasks: 0 }), times(10, 500), 0).at(-1)).toBe(0);
  const both = () =>
    new Together([load({ minTasks: 0 }), new FirstTask(plain('stranded'), { ...firstTask, of: 1 })]);
  expect(run(new FirstTask(plain('stranded'), firstTask), [0, 0, 1, 1], 0)).toEqual([0, 0, 1, 1]);
  expect(run(both(), [...calm.map(() => 0), ...times(15, 0)], 4).at(-1)).toBe(0);
  expect(run(new FirstTask(plain('stranded'), firstTask), [0, 1], 7)).toEqual([7, 8]);
  expect(run(new FirstTask(plain('stranded'), { ...firstTask, adjustment: 'set' }), [0, 1], 7)).toEqual([
    7, 1,
  ]);
});

test('the target of a backlog', () => {
  expect(backlogTarget(60, 15, 2)).toBe(8);
});
