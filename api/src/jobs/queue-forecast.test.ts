/** Where a waiting job is said to stand, and what is not claimed. */
import type { QueueDepth } from '@wavefleet/platform/aws/messages.ts';
import { expect, test } from 'vitest';
import { QueueLook } from '../load/queue-look.ts';
import { QueueForecast } from './queue-forecast.ts';
import { job, jobId } from './sample.testing.ts';

const waiting = job({ status: 'created' });

/** A queue whose depth and pace the test sets, and a clock that it moves. */
function forecast(depth: QueueDepth | Error, medianMs?: number) {
  const world = { depth, medianMs, nowMs: 0, looks: 0 };
  const queue = {
    depth: async () => {
      world.looks += 1;
      if (world.depth instanceof Error) throw world.depth;
      return world.depth;
    },
  };
  const pace = { medianMs: async () => world.medianMs };
  const subject = new QueueForecast(new QueueLook(queue, pace, () => world.nowMs));
  return { world, subject };
}

test('position and start follow from the queue and the last jobs', async () => {
  const { subject } = forecast({ waiting: 6, inFlight: 2 }, 4_000);
  expect(await subject.of(waiting)).toEqual({ position: 6, estimatedStartSeconds: 12, approximate: true });
});

test.each([
  [{ waiting: 3, inFlight: 0 }, 4_000, 'no worker is at work'],
  [{ waiting: 3, inFlight: 2 }, undefined, 'no job has finished lately'],
])('no start is guessed when %o, %s (%s)', async (depth, medianMs, _why) => {
  const { subject } = forecast(depth, medianMs);
  expect(await subject.of(waiting)).toMatchObject({ position: 3, estimatedStartSeconds: null });
});

test('a waiting job is at least the first, whatever SQS has not counted yet', async () => {
  const { subject } = forecast({ waiting: 0, inFlight: 1 }, 100);
  expect(await subject.of(waiting)).toMatchObject({ position: 1, estimatedStartSeconds: 1 });
});

test('who comes later does not push a job back', async () => {
  const { subject, world } = forecast({ waiting: 5, inFlight: 1 });
  expect((await subject.of(waiting))?.position).toBe(5);
  world.nowMs += 3_000;
  world.depth = { waiting: 50, inFlight: 1 };
  expect((await subject.of(waiting))?.position).toBe(5);
  const later = job({ status: 'created', jobId: jobId.replace('6', '7') });
  expect((await subject.of(later))?.position).toBe(50);
  world.nowMs += 3_000;
  world.depth = { waiting: 2, inFlight: 1 };
  expect((await subject.of(waiting))?.position).toBe(2);
});

test('all readers share one look for three seconds', async () => {
  const { subject, world } = forecast({ waiting: 5, inFlight: 1 });
  await Promise.all(Array.from({ length: 100 }, () => subject.of(waiting)));
  expect(world.looks).toBe(1);
  world.nowMs += 3_000;
  await subject.of(waiting);
  expect(world.looks).toBe(2);
});

test('nothing is said of jobs that do not wait, nor while the queue is silent', async () => {
  const { subject, world } = forecast(new Error('no answer'));
  expect(await subject.of(waiting)).toBeUndefined();
  for (const status of ['processing', 'completed', 'failed', 'cancelled'] as const) {
    expect(await subject.of(job({ status }))).toBeUndefined();
  }
  expect(world.looks).toBe(1);
});
