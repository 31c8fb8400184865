/** The ends that a job's work can come to besides completion: drain, cancel, lost lease, crash, lost message. */
import { join } from 'node:path';
import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { ABILITY } from '@wavefleet/contracts/needs.ts';
import type { Stage } from '@wavefleet/contracts/stages.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ffmpegsIn, filesBelow } from '../bring-up/observers.ts';
import { Stand } from '../bring-up/stand.ts';

let stand: Stand;
let long: string;
let short: string;
/** Where the next job that comes there is held until it is opened; later ones pass. */
let gate: { stage: Stage; reached: () => void; opened: Promise<void>; open: () => void } | undefined;
let isTaken = false;

beforeAll(async () => {
  stand = await Stand.start({
    async onStage(stage) {
      if (gate?.stage !== stage || isTaken) return;
      isTaken = true;
      gate.reached();
      await gate.opened;
    },
  });
  const path = join(stand.dir, 'long.flac');
  await makeSample(path, { seconds: 400, codec: ['-sample_fmt', 's16'] });
  long = (await uploadFile(stand.client, path)).fileId;
  const brief = join(stand.dir, 'short.flac');
  await makeSample(brief, { seconds: 1 });
  short = (await uploadFile(stand.client, brief)).fileId;
});
afterEach(async () => {
  gate?.open();
  gate = undefined;
  await stand.stopWorkers();
});
afterAll(() => stand?.stop());

/** Holds the next job before `stage`. */
function hold(stage: Stage): { reached: Promise<void>; open: () => void } {
  const reached = Promise.withResolvers<void>();
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  gate = { stage, reached: reached.resolve, opened, open };
  isTaken = false;
  return { reached: reached.promise, open };
}

async function converting(jobId: string): Promise<void> {
  for await (const { step, progress } of stand.client.progress.events(jobId)) {
    if (step === 'convert' && progress > 10.5) return;
  }
}

const remove = (jobId: string) => fetch(`${stand.client.baseUrl}/api/jobs/${jobId}`, { method: 'DELETE' });

test('SIGTERM with a long job: handed over within 2 s, no crash counted, no file left', async () => {
  // With a fast FFmpeg on all cores it would end within a longer drain, and be finished.
  const first = await stand.addWorker({ DRAIN_TIMEOUT_MS: '500' });
  const { jobId } = await stand.client.jobs.submit({ fileId: long, format: 'mp3' });
  await converting(jobId);
  await stand.addWorker();
  const startedAtMs = performance.now();
  const stopped = first.stop();
  await until('the next attempt', async () => (await stand.platform.jobs.get(jobId))?.attempt === 2, 10_000);
  expect(performance.now() - startedAtMs).toBeLessThan(2_000);
  await stopped;
  expect(await stand.platform.jobs.get(jobId)).toMatchObject({
    crashes: 1,
    retries: 0,
    status: 'processing',
  });
  expect(await filesBelow(first.workDir)).toEqual([]);
  await remove(jobId);
  await until('FFmpeg is gone', async () => (await ffmpegsIn(stand.dir)).length === 0);
});

test('cancel in mid-conversion: FFmpeg dies within two heartbeats, one event, no result', async () => {
  const worker = await stand.addWorker();
  const { jobId } = await stand.client.jobs.submit({ fileId: long, format: 'mp3' });
  await converting(jobId);
  const answer = await remove(jobId);
  expect([answer.status, await answer.json()]).toEqual([200, { jobId, status: 'cancelled' }]);
  const heartbeatMs = Number(stand.env.HEARTBEAT_MS);
  await until('FFmpeg is gone', async () => (await ffmpegsIn(stand.dir)).length === 0, 2 * heartbeatMs);
  const job = await stand.client.jobs.get(jobId);
  expect([job.status, job.output]).toEqual(['cancelled', undefined]);
  await until('the event', async () => (await stand.events.drain()) && stand.events.of(jobId).length > 0);
  expect(stand.events.of(jobId).map(({ eventId }) => eventId)).toEqual([`${jobId}:cancelled`]);
  await until('the folder is gone', async () => (await filesBelow(worker.workDir)).length === 0);
  expect((await remove(jobId)).status).toBe(204);
  expect((await remove(jobId)).status).toBe(404);
});

test.each(['upload', 'complete'] as const)(
  'a worker that loses its lease before %s commits nothing and deletes its own result',
  async (stage) => {
    const held = hold(stage);
    const zombie = await stand.addWorker({ HEARTBEAT_MS: '1400' });
    const { jobId } = await stand.client.jobs.submit({ fileId: short, format: 'mp3' });
    await held.reached;
    // What a long freeze looks like to the others: the lease is given away, then somebody else wins.
    const job = (await stand.platform.jobs.get(jobId)) ?? expect.fail();
    const claim = { jobId, attempt: job.attempt, owner: job.lease?.owner ?? '' };
    await stand.platform.transitions.release(claim);
    await stand.addWorker();
    await stand.platform.queue.send({ jobId, ownerId: 'anonymous' });
    const done = await stand.client.jobs.waitForEnd(jobId);
    held.open();
    await zombie.stop();
    expect(done).toMatchObject({ status: 'completed', attempt: 2 });
    expect(await stand.client.jobs.get(jobId)).toEqual(done);
    expect(await stand.platform.objects.list(`conversions/${jobId}/`)).toEqual([
      `conversions/${jobId}/2.mp3`,
    ]);
    await until('the event', async () => (await stand.events.drain()) && stand.events.of(jobId).length > 0);
    expect(stand.events.of(jobId)).toHaveLength(1);
  },
);

test('a job that ends within the drain is finished, not handed over', async () => {
  const held = hold('verify');
  const worker = await stand.addWorker({ DRAIN_TIMEOUT_MS: '20000' });
  const { jobId } = await stand.client.jobs.submit({ fileId: short, format: 'opus' });
  await held.reached;
  const stopped = worker.stop();
  held.open();
  await stopped;
  expect(await stand.client.jobs.get(jobId)).toMatchObject({ status: 'completed', attempt: 1 });
});

test('a job whose workers keep dying is given up after three crashes', async () => {
  const { jobId } = await stand.client.jobs.submit({ fileId: short, format: 'wav' });
  for (let crash = 0; crash < 3; crash += 1) {
    const claimed = await stand.platform.transitions.claim(
      jobId,
      { owner: `crashed-${crash}`, leaseMs: 1, ability: ABILITY },
      Date.now() + crash * 10_000 - 60_000,
    );
    expect(claimed.kind).toBe('claimed');
  }
  await stand.addWorker();
  expect(await stand.client.jobs.waitForEnd(jobId)).toMatchObject({
    status: 'failed',
    error: { code: 'WORKER_CRASHED' },
  });
});

test('a job whose message was lost is found by its record', async () => {
  const { jobId } = await stand.client.jobs.submit({ fileId: short, format: 'aiff' });
  const QueueUrl = stand.env.JOBS_QUEUE_URL;
  await stand.platform.aws.sqs.send(new PurgeQueueCommand({ QueueUrl }));
  await stand.addWorker();
  expect(await stand.client.jobs.waitForEnd(jobId)).toMatchObject({ status: 'completed', attempt: 1 });
});

test('cleanup takes the result away and leaves the record', async () => {
  await stand.addWorker();
  const { jobId } = await stand.client.jobs.submit({ fileId: short, format: 'flac' });
  await stand.client.jobs.waitForEnd(jobId);
  const answer = await fetch(`${stand.client.baseUrl}/api/cleanup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jobId }),
  });
  expect(answer.status).toBe(200);
  expect(await stand.platform.objects.list(`conversions/${jobId}/`)).toEqual([]);
  const refused = await stand.client.results.download(jobId).catch((error: unknown) => error);
  expect(refused).toMatchObject({ status: 410, code: 'OUTPUT_DELETED' });
  expect(await stand.client.jobs.get(jobId)).toMatchObject({ status: 'completed' });
});
