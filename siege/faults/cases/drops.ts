/** F45, F46: what S3 tells of dropped files, and of what is none. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { until } from '@wavefleet/localstack/waiting.ts';
import type { Rig } from '../rig/rig.ts';
import { type FaultCase, require } from './case.ts';
import { send } from './send.ts';

/** The jobs that were made so far. */
const made = ({ history }: Rig) =>
  history.entries.filter((entry) => entry.kind === 'write' && entry.what === 'submit');

/** One file told of five times, in any order, with what is no file among it; results lie in the same bucket. */
async function dropsToldOften(rig: Rig) {
  const { S3_BUCKET: Bucket = '', DROPS_QUEUE_URL } = rig.fleet.env;
  const Key = `drops/flac/often-${Date.now()}.wav`;
  const others = await rig.load.submit(rig.jobs / 2);
  const Body = await readFile(rig.fleet.file('clip.wav'));
  const before = made(rig).length;
  const put = await rig.platform.aws.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  const dropped = await until('the drop has a job', () => made(rig)[before]);
  const record = await rig.platform.jobs.get(dropped.jobId);
  require(record?.source.kind === 'drop', 'the job is not that of the drop');
  const source = record?.source.kind === 'drop' ? record.source : undefined;
  const event = (key: string) => ({
    ...{ eventVersion: '2.1', eventSource: 'aws:s3', awsRegion: 'us-east-1', eventName: 'ObjectCreated:Put' },
    eventTime: source?.eventTime ?? new Date().toISOString(),
    s3: {
      s3SchemaVersion: '1.0',
      bucket: { name: Bucket, arn: `arn:aws:s3:::${Bucket}` },
      object: {
        ...{ key, size: Body.length, eTag: put.ETag?.replaceAll('"', '') },
        ...{ versionId: put.VersionId, sequencer: source?.sequencer },
      },
    },
  });
  const repeat = JSON.stringify({ Records: [event(Key)] });
  const folder = JSON.stringify({ Records: [event('drops/flac/folder/')] });
  const test = JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket });
  for (const body of [repeat, folder, repeat, test, repeat, repeat, repeat])
    await send(rig, DROPS_QUEUE_URL, body);
  await rig.history.ended(dropped.jobId);
  await sleep(2_000);
  require(made(rig).length === before + 1, `${made(rig).length - before} jobs were made of one drop`);
  return { jobs: [...others, rig.load.accepted(dropped.jobId)] };
}

/** Results lie in the bucket that tells of drops: none of them may come back as one. */
async function resultsBesideDrops(rig: Rig) {
  const { S3_BUCKET: Bucket = '', DROPS_QUEUE_URL: QueueUrl } = rig.fleet.env;
  const Body = await readFile(rig.fleet.file('clip.wav'));
  const keys = Array.from({ length: rig.jobs }, (_, index) => `drops/flac/beside-${Date.now()}-${index}.wav`);
  for (const Key of keys) await rig.platform.aws.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  await until('each drop has a job', () => made(rig).length >= keys.length, 60_000);
  const jobs = made(rig).map(({ jobId }) => rig.load.accepted(jobId));
  await Promise.all(jobs.map(({ jobId }) => rig.history.ended(jobId)));
  // Each has its result and its result file in the bucket by now; what S3 tells of them would be on the queue.
  const files = async () => (await rig.platform.objects.list('results/flac/beside-')).length;
  await until('each drop has its result file', async () => (await files()) >= keys.length, 30_000);
  const attributes = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const told = async () => {
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...attributes] });
    const { Attributes = {} } = await rig.platform.aws.sqs.send(command);
    return attributes.reduce((sum, name) => sum + Number(Attributes[name]), 0);
  };
  await until('the queue of drops is empty', async () => (await told()) === 0, 30_000);
  require(made(rig).length === keys.length, `${keys.length} drops made ${made(rig).length} jobs`);
  return { jobs };
}

export const dropCases: readonly FaultCase[] = [
  {
    id: 'F45',
    breaks: 'S3 tells of one drop six times, and of what is none',
    seen: 'one job and one result',
    how: 'the notification five times more, a folder and a test event between them',
    run: dropsToldOften,
  },
  {
    id: 'F46',
    breaks: 'results are written into the bucket that tells of drops',
    seen: 'one job a drop, and none for a result',
    how: '20 drops; afterwards 20 jobs were made, and the queue of drops is empty',
    run: resultsBesideDrops,
  },
];
