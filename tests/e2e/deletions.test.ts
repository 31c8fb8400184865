/** Messages of jobs that are over: deleted beside the next job, several in one call, and none is left behind. */
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import type { Stage } from '@wavefleet/contracts/stages.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Call } from '../bring-up/proxy/call.ts';
import type { Effect } from '../bring-up/proxy/fault.ts';
import { FaultProxy } from '../bring-up/proxy/fault-proxy.ts';
import { Stand } from '../bring-up/stand.ts';

const JOBS = 4;
let stand: Stand;
let proxy: FaultProxy;
let fileId: string;
/** Jobs that stand at their last stage, and what lets all of them go. */
let atTheEnd = 0;
let go = Promise.withResolvers<void>();

beforeAll(async () => {
  stand = await Stand.start({
    async onStage(stage: Stage) {
      if (stage !== 'preview') return;
      atTheEnd += 1;
      await go.promise;
    },
  });
  proxy = new FaultProxy(stand.services.url);
  const path = join(stand.dir, 'second.wav');
  await makeSample(path, { seconds: 1 });
  ({ fileId } = await uploadFile(stand.client, path));
});
afterEach(async () => {
  go.resolve();
  await stand.stopWorkers();
  proxy.forget();
  go = Promise.withResolvers();
  atTheEnd = 0;
});
afterAll(async () => {
  await stand?.stop();
  await proxy?.stop();
});

/** A worker with a slot for each job, all of which wait at the end of theirs. @returns its deletes from now on. */
async function workerAtTheEnd(effect?: Effect) {
  const deletes: Call[] = [];
  const isDelete = (call: Call) => call.step === 'delete' && deletes.push(call) > 0;
  if (effect === undefined)
    proxy.inject({ hits: (call) => isDelete(call) && false, effect: { kind: 'refuse' } });
  else proxy.inject({ hits: isDelete, effect, times: 1 });
  const settings = { AWS_ENDPOINT_URL: await proxy.door('worker'), WORKER_CONCURRENCY: String(JOBS) };
  const worker = await stand.addWorker(settings);
  const jobs = await Promise.all(
    Array.from({ length: JOBS }, () => stand.client.jobs.submit({ fileId, format: 'mp3' })),
  );
  await until('every job is at its end', () => atTheEnd === JOBS);
  return { worker, deletes, jobs };
}

async function messagesLeft(): Promise<number> {
  const { waiting, inFlight } = await stand.platform.queue.depth(AbortSignal.timeout(5_000));
  return waiting + inFlight;
}

test('jobs that end at about the same time share a call', async () => {
  const { deletes } = await workerAtTheEnd();
  expect(await messagesLeft()).toBe(JOBS);
  go.resolve();
  await until('no message is left', async () => (await messagesLeft()) === 0);
  expect(deletes.length).toBeGreaterThan(0);
  expect(deletes.length).toBeLessThan(JOBS);
});

test('a worker that ends deletes what still waits', async () => {
  const { worker } = await workerAtTheEnd();
  go.resolve();
  await worker.stop();
  expect(await messagesLeft()).toBe(0);
});

test('messages that were not deleted come back, and nothing is done for them but that', async () => {
  const { deletes, jobs } = await workerAtTheEnd({ kind: 'error', status: 503, code: 'ServiceUnavailable' });
  go.resolve();
  await until('no message is left', async () => (await messagesLeft()) === 0, 60_000);
  expect(deletes).toHaveLength(1);
  for (const { jobId } of jobs) {
    const { status, attempt, pendingEvents } = (await stand.platform.jobs.get(jobId)) ?? {};
    expect({ status, attempt, pendingEvents }).toEqual({
      status: 'completed',
      attempt: 1,
      pendingEvents: [],
    });
  }
});
