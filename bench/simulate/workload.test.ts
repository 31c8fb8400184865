/** The jobs that the simulation is fed with: as many and as long as was asked for. */
import { expect, test } from 'vitest';
import { EventHeap } from './event-heap.ts';
import { loadJobTimes } from './job-times.ts';
import { Random } from './random.ts';
import { burst, estimates, meanServiceSeconds, mix, workloads } from './workload.ts';

const times = await loadJobTimes();

test('the mean job is what mix and measured costs make it', () => {
  const minutes = mix.kinds.reduce(
    (sum, { share, medianMinutes, sigma }) => sum + share * medianMinutes * Math.exp(sigma ** 2 / 2),
    0,
  );
  const cpu = mix.formats.reduce((sum, { format, share }) => {
    const { fixedCpuSeconds, cpuSecondsPerMinute } = times.costs[format];
    return sum + share * (fixedCpuSeconds + cpuSecondsPerMinute * minutes);
  }, 0);
  const transfer = (minutes * estimates.megabytesPerMinute) / estimates.megabytesPerSecond;
  const expected = cpu / estimates.vcpuSpeed + transfer + estimates.callSeconds;
  expect(meanServiceSeconds(times) / expected).toBeCloseTo(1, 1);
});

test('shares add up to one', () => {
  for (const choices of [mix.kinds, mix.formats])
    expect(choices.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
});

test('as many jobs come as the rate says, ten times as many in the burst', () => {
  const [steady, burstLoad, day] = workloads(times);
  expect((steady?.arrivals.length ?? 0) / 21_600).toBeCloseTo(1, 1);
  const inBurst = burstLoad?.arrivals.filter(({ at }) => at >= burst.from && at < burst.until).length ?? 0;
  expect(inBurst / 3_000).toBeCloseTo(1, 1);
  const outside = (burstLoad?.arrivals.length ?? 0) - inBurst;
  expect(outside / ((4 * 3_600 - 600) * 0.5)).toBeCloseTo(1, 1);
  expect((day?.arrivals.length ?? 0) / (86_400 * 1.025)).toBeCloseTo(1, 1);
});

test('every round brings other jobs, the same round the same', () => {
  expect(workloads(times, 1)).toEqual(workloads(times, 1));
  expect(workloads(times, 1)[0]?.arrivals[0]).not.toEqual(workloads(times, 2)[0]?.arrivals[0]);
});

test('events come out by time, equal ones in the order in which they went in', () => {
  const heap = new EventHeap<number>();
  const random = new Random(4);
  const entries = Array.from({ length: 2_000 }, (_, order) => ({ at: random.below(50), order }));
  for (const { at, order } of entries) heap.push(at, order);
  const popped = entries.map(() => heap.pop());
  const expected = entries.toSorted((a, b) => a.at - b.at || a.order - b.order);
  expect(popped.map((item) => item?.event)).toEqual(expected.map(({ order }) => order));
  expect(popped.map((item) => item?.at)).toEqual(expected.map(({ at }) => at));
  expect(heap.pop()).toBeUndefined();
});
