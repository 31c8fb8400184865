/** How loaded a fleet is, from the figures of one moment. */
import type { ProcessSample } from '@wavefleet/contracts/system.ts';
import { expect, test } from 'vitest';
import { desiredLoad, type FleetLoad, meanSeconds, slotsOf } from './fleet-load.ts';

const load = (change: Partial<FleetLoad>): FleetLoad => ({
  backlog: 0,
  oldestWaitingSeconds: 0,
  slots: { running: 20, busy: 0 },
  deadLetters: 0,
  meanJobSeconds: 15,
  ...change,
});
const sample = (service: 'api' | 'worker', slots: number, jobIds: string[]): ProcessSample => ({
  ...{ rssBytes: 1, cpuPercent: 1, machineCpuPercent: 1, eventLoopDelayMs: { p99: 1, max: 1 } },
  ...{ freeDiskBytes: null, freeMemoryBytes: null, processId: 'p', sampledAt: '', uptimeSeconds: 1 },
  ...{ high: [], exhausted: [], waitingFor: [], breakers: {} },
  ...{ service, slots, jobIds },
});

test('busy slots count in full, waiting jobs by the share of a slot that starts them within the target', () => {
  expect(desiredLoad(load({}), 60)).toBe(0);
  expect(desiredLoad(load({ slots: { running: 20, busy: 16 } }), 60)).toBe(0.8);
  // 200 jobs of 15 s within 60 s are 50 slots: with 10 busy ones three times the fleet.
  expect(desiredLoad(load({ backlog: 200, slots: { running: 20, busy: 10 } }), 60)).toBe(3);
  expect(desiredLoad(load({ backlog: 200, meanJobSeconds: 30, slots: { running: 20, busy: 0 } }), 120)).toBe(
    2.5,
  );
});

test('without slots, and without knowing of them, there is no load: nothing can be scaled in proportion', () => {
  expect(desiredLoad(load({ backlog: 200, slots: { running: 0, busy: 0 } }), 60)).toBeUndefined();
  expect(desiredLoad(load({ backlog: 200, slots: undefined }), 60)).toBeUndefined();
});

test('slots are those of workers; a process that says it is at more jobs than it can be counts as full', () => {
  expect(
    slotsOf([sample('api', 9, ['x']), sample('worker', 2, ['a']), sample('worker', 1, ['b', 'c'])]),
  ).toEqual({ running: 3, busy: 2 });
  expect(slotsOf([])).toEqual({ running: 0, busy: 0 });
});

test('the mean is the last hour’s, beside ten jobs as the setting has them', () => {
  expect(meanSeconds(undefined, 15)).toBe(15);
  expect(meanSeconds({ jobs: 0, totalMs: 0 }, 15)).toBe(15);
  expect(meanSeconds({ jobs: 1, totalMs: 1_200_000 }, 15)).toBeCloseTo(122.7, 1);
  expect(meanSeconds({ jobs: 990, totalMs: 29_700_000 }, 15)).toBe(29.85);
});
