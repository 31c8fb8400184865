/** Whether cores are idle, by what the kernel counts and what the queue says. */
import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { expect, test } from 'vitest';
import { idleBetween, idleCores } from './idle-cores.ts';

const log = makeLog('test', 'silent');
const queueWith = (waiting: number) => ({ depth: async () => ({ waiting, inFlight: 3 }) });
const core = (idle: number, user: number) => ({ times: { user, nice: 0, sys: 0, idle, irq: 0 } });

test('what a core did not do between two readings counts', () => {
  const before = [core(1_000, 500), core(2_000, 0), core(0, 0)];
  const after = [core(1_100, 500), core(2_050, 50), core(0, 100)];
  expect(idleBetween(before, after)).toBe(1.5);
});

test('a kernel that counts nothing has no idle core', () => {
  expect(idleBetween([core(0, 0)], [core(0, 0)])).toBe(0);
});

test('all cores of an idle machine are free while no job waits', async () => {
  let idle = 0;
  const read = () => {
    idle += 100;
    return Array.from({ length: 64 }, () => core(idle, 0));
  };
  expect(await idleCores({ queue: queueWith(0), log }, { read, machine: randomUUID() })).toBe(
    availableParallelism(),
  );
});

test.runIf(process.platform === 'linux')(
  'of jobs that look at the same time one is told of the idle cores, and another one as soon as they are in use',
  async () => {
    let idle = 0;
    const read = () => {
      idle += 100;
      return Array.from({ length: 64 }, () => core(idle, 0));
    };
    const machine = randomUUID();
    const look = () => idleCores({ queue: queueWith(0), log }, { read, machine });
    const seen = await Promise.all([look(), look(), look()]);
    expect(seen.toSorted((a, b) => a - b)).toEqual([1, 1, availableParallelism()]);
    await expect.poll(look).toBe(availableParallelism());
  },
);

test('while a job waits, or nobody knows whether one does, there is one core', async () => {
  const read = () => {
    throw new Error('nobody looks at the machine then');
  };
  expect(await idleCores({ queue: queueWith(1), log }, { read, machine: randomUUID() })).toBe(1);
  const silent = {
    depth: async () => {
      throw new Error('no answer');
    },
  };
  expect(await idleCores({ queue: silent, log }, { read, machine: randomUUID() })).toBe(1);
});

test('on a busy machine there is one core, this job’s own', async () => {
  let busy = 0;
  const read = () => {
    busy += 100;
    return Array.from({ length: 4 }, () => core(0, busy));
  };
  expect(await idleCores({ queue: queueWith(0), log }, { read, machine: randomUUID() })).toBe(1);
});

test('a core that was busy for a moment is seen as idle by the next look', async () => {
  const readings = [0, 0, 0, 100].map((idle, index) => [
    core(idle, index * 100 - idle),
    core(index * 100, 0),
  ]);
  const read = () => readings.shift() ?? [];
  expect(await idleCores({ queue: queueWith(0), log }, { read, machine: randomUUID() })).toBe(2);
  expect(readings).toEqual([]);
});
