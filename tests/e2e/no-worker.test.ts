/** A fleet without workers: jobs are accepted, the API alone looks after them, and the first worker finds them all. */
import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';

let fleet: Fleet;
let fileId: string;

beforeAll(async () => {
  fleet = await Fleet.start({ workers: 0 });
  const sample = fleet.file('sample.wav');
  await makeSample(sample, { seconds: 1 });
  ({ fileId } = await uploadFile(fleet.client, sample));
});
afterAll(() => fleet?.stop());

test('jobs that no worker is there for wait, are sent again by the API when the queue has lost them, and run', async () => {
  const { platform, client } = fleet;
  const jobIds: string[] = [];
  for (let nth = 0; nth < 5; nth += 1)
    jobIds.push((await client.jobs.submit({ fileId, format: 'mp3' })).jobId);
  await platform.aws.sqs.send(new PurgeQueueCommand({ QueueUrl: fleet.env.JOBS_QUEUE_URL }));
  // Of one pass: the next one would find a queue that is not empty, and put off the rest.
  const together = Date.now() + 4_000;
  for (const jobId of jobIds) {
    const sent = async () =>
      (await platform.jobs.get(jobId))?.unsent === undefined ? platform.jobs.get(jobId) : undefined;
    const { dueAt = 0 } = await until('it is known to be sent', sent);
    await platform.reminders.take(jobId, dueAt, together);
  }
  const waiting = async () => (await platform.queue.depth(AbortSignal.timeout(2_000))).waiting;
  await until('they are sent again', async () => (await waiting()) === 5);
  // However long there is no worker: one message each.
  const looks = async () =>
    (await Promise.all(jobIds.map((id) => platform.jobs.get(id)))).map((job) => job?.dueAt ?? 0);
  const before = await looks();
  await until('they are looked at again', async () =>
    (await looks()).every((dueAt, nth) => dueAt > (before[nth] ?? 0) + 4_000),
  );
  expect(await waiting()).toBe(5);
  await fleet.addWorker();
  for (const jobId of jobIds) {
    expect(await client.jobs.waitForEnd(jobId)).toMatchObject({ status: 'completed', attempt: 1 });
  }
});
