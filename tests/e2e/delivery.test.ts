/** Messages that come twice, late, in the wrong shape, or in a crowd. */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { receiveBodies } from '@wavefleet/localstack/embedded/services.testing.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stand } from '../bring-up/stand.ts';

let stand: Stand;
let fileId: string;
const claims: string[] = [];
const conversions: string[] = [];

beforeAll(async () => {
  stand = await Stand.start({
    async onStage(stage, jobId) {
      if (stage === 'claim') claims.push(jobId);
      if (stage === 'convert') conversions.push(jobId);
    },
  });
  await Promise.all([stand.addWorker(), stand.addWorker()]);
  const path = join(stand.dir, 'in.flac');
  await makeSample(path, { seconds: 20 });
  ({ fileId } = await uploadFile(stand.client, path));
});
afterAll(() => stand?.stop());

async function sendRaw(body: string): Promise<void> {
  await stand.platform.aws.sqs.send(
    new SendMessageCommand({ QueueUrl: stand.env.JOBS_QUEUE_URL, MessageBody: body }),
  );
}
const count = (list: string[], jobId: string) => list.filter((each) => each === jobId).length;

test('the same message twice at once: both workers ask, one converts', async () => {
  const { jobId } = await stand.client.jobs.submit({ fileId, format: 'mp3' });
  await sendRaw(JSON.stringify({ v: 1, jobId }));
  await until('the repeat was received', () => count(claims, jobId) >= 2);
  const job = await stand.client.jobs.waitForEnd(jobId);
  expect(job).toMatchObject({ status: 'completed', attempt: 1 });
  expect(count(conversions, jobId)).toBe(1);
});

test('a repeat after the end changes nothing and goes away', async () => {
  const { jobId } = await stand.client.jobs.submit({ fileId, format: 'flac' });
  const before = await stand.client.jobs.waitForEnd(jobId);
  await until('the event', async () => (await stand.events.drain()) && stand.events.of(jobId).length === 1);
  const asked = count(claims, jobId);
  for (let repeat = 0; repeat < 5; repeat += 1) await sendRaw(JSON.stringify({ v: 1, jobId }));
  await until('all repeats were received', () => count(claims, jobId) >= asked + 5);
  expect(await stand.client.jobs.get(jobId)).toEqual(before);
  expect(count(conversions, jobId)).toBe(1);
  await stand.events.drain();
  expect(stand.events.of(jobId)).toHaveLength(1);
});

test.each(['not json', '{}', '[]', '{"v":1}', '{"v":1,"jobId":"x"}', '"text"', '{"v":"1"}'])(
  'unreadable message %s is put aside with the reason',
  async (body) => {
    await sendRaw(body);
    const { Messages = [] } = await stand.platform.aws.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: stand.env.JOBS_DLQ_URL,
        WaitTimeSeconds: 4,
        MessageAttributeNames: ['reason'],
        VisibilityTimeout: 600,
      }),
    );
    expect(Messages[0]?.Body).toBe(body);
    expect(Messages[0]?.MessageAttributes?.reason?.StringValue).toBe('not a job message');
  },
);

test('ten people at once: a deep queue is worked off, and each sees only the own jobs', async () => {
  const perUser = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const jobs = await Promise.all(
        (['mp3', 'ogg'] as const).map((format) =>
          stand.client.jobs.submit({ fileId, format, options: { trimEnd: 2 } }),
        ),
      );
      return jobs.map(({ jobId }) => jobId);
    }),
  );
  const seen = await Promise.all(
    perUser.flat().map(async (jobId) => {
      const views = [];
      for await (const view of stand.client.progress.events(jobId)) views.push(view);
      return { jobId, views };
    }),
  );
  for (const { jobId, views } of seen) {
    expect(new Set(views.map((view) => view.jobId))).toEqual(new Set([jobId]));
    expect(views.at(-1)).toMatchObject({ status: 'completed', progress: 100 });
    const percents = views.map(({ progress }) => progress);
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  }
  expect(new Set(perUser.flat()).size).toBe(20);
  for (const jobId of perUser.flat()) expect(count(conversions, jobId)).toBe(1);
});

test('a message of a later version is left for later workers, and work goes on', async () => {
  const later = { v: 99, jobId: 'whatever' };
  await sendRaw(JSON.stringify(later));
  await sendRaw(JSON.stringify({ v: 1, jobId: '6f1c2c1e-3f5e-4b8a-9c53-0d7a1d1b7a01' }));
  const { jobId } = await stand.client.jobs.submit({ fileId, format: 'wav' });
  expect(await stand.client.jobs.waitForEnd(jobId)).toMatchObject({ status: 'completed' });
  await stand.stopWorkers();
  const { sqs } = stand.platform.aws;
  const { JOBS_QUEUE_URL = '', JOBS_DLQ_URL = '' } = stand.env;
  expect(await receiveBodies(sqs, JOBS_DLQ_URL, 0)).toEqual([]);
  await until('a later worker gets it', async () =>
    (await receiveBodies(sqs, JOBS_QUEUE_URL, 1)).some((body) => isDeepStrictEqual(body, later)),
  );
});
