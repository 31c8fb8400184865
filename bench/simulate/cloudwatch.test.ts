/** Datapoints that come late, and what alarms and expressions make of them. */
import { expect, test } from 'vitest';
import { alarmFigures } from './alarm-table.ts';
import { CloudWatch, type Deliveries, isInAlarm, loadByMath, newest, plain } from './cloudwatch.ts';
import { Random } from './random.ts';

const late = (lag: number) => ({ lag, jitter: 0, gapShare: 0 });
const deliveries: Deliveries = {
  ...{ visible: late(60), inFlight: late(60), running: late(180), cpu: late(0) },
  ...{ desiredLoad: late(30), stranded: { lag: 0, jitter: 0, gapShare: 1 } },
};

function watched(minutes: number): CloudWatch {
  const watch = new CloudWatch(deliveries, new Random(1));
  for (let minute = 1; minute <= minutes; minute += 1) {
    watch.put('visible', minute, 200);
    watch.put('inFlight', minute, 20);
    watch.put('running', minute, 10);
    watch.put('desiredLoad', minute, minute);
    watch.put('stranded', minute, 1);
  }
  return watch;
}

test('each metric comes in its own time; what never comes is never there', () => {
  const watch = watched(10);
  expect(watch.recent('desiredLoad', 620, 3)).toEqual([undefined, 9, 8]);
  expect(watch.recent('desiredLoad', 630, 3)).toEqual([10, 9, 8]);
  expect(watch.recent('visible', 620, 3)).toEqual([undefined, 200, 200]);
  expect(watch.recent('running', 620, 5)).toEqual([undefined, undefined, undefined, 10, 10]);
  expect(watch.recent('stranded', 620, 3)).toEqual([undefined, undefined, undefined]);
});

test('an alarm takes older datapoints for those that are missing, up to its range', () => {
  const watch = watched(10);
  const above = (value: number) => ({ breaching: 3, of: 3, breaches: (each: number) => each > value });
  expect(isInAlarm(plain('desiredLoad'), above(6), watch, 620)).toBe(true); // 9, 8, 7
  expect(isInAlarm(plain('desiredLoad'), above(7), watch, 620)).toBe(false);
  expect(isInAlarm(plain('stranded'), above(0), watch, 620)).toBe(false);
  expect(newest(plain('desiredLoad'), watch, 620)).toBe(9);
  expect(newest(plain('stranded'), watch, 620)).toBeUndefined();
});

test('in an expression that fills gaps with 0 the newest points are wrong, each in its own way', () => {
  // (20 + 200 × 15 / 60) / 10 is 7: nothing has come; jobs without tasks; both.
  expect(loadByMath(60, 15)(watched(10), 620, 4)).toEqual([0, 70, 70, 7]);
});

test('one metric decides as it should, however late it is; the expression almost never does', () => {
  const figures = alarmFigures();
  expect(figures.filter(({ fleet, now }) => now !== fleet.right)).toEqual([]);
  const wrong = figures.filter(({ fleet, old }) => old !== fleet.right);
  // Overloaded: never scaled out where SQS is late, to the maximum where tasks are.
  const overloaded = figures.filter(({ fleet }) => fleet.waiting === 200).map(({ old }) => old);
  expect(overloaded).toEqual([44, 10, 10, 100, 10, 10]);
  expect(wrong.length).toBeGreaterThanOrEqual(8);
});
