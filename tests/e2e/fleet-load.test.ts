/** The load of the fleet, measured on real queues, records and Redis, and published by one API of several. */
import { randomUUID } from 'node:crypto';
import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { startLoadPublisher } from '@wavefleet/api/load/load-publisher.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { loadConfig } from '@wavefleet/platform/config.ts';
import { submitJob } from '@wavefleet/platform/jobs/submit.ts';
import { recordedLog, type Said } from '@wavefleet/platform/log/recorded-log.testing.ts';
import { makePlatform, type Platform } from '@wavefleet/platform/platform.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stand } from '../bring-up/stand.ts';

interface Publisher {
  readonly platform: Platform;
  readonly said: readonly Said[];
  stop(): Promise<void>;
}

let stand: Stand;
const publishers: Publisher[] = [];
const held = Promise.withResolvers<void>();

beforeAll(async () => {
  stand = await Stand.start({
    env: { RESOURCE_SAMPLE_MS: '1000' },
    async onStage(stage) {
      if (stage === 'download') await held.promise;
    },
  });
  // S3's own test message, which the first worker takes away.
  await stand.platform.aws.sqs.send(new PurgeQueueCommand({ QueueUrl: stand.env.DROPS_QUEUE_URL }));
});
afterAll(async () => {
  held.resolve();
  for (const publisher of publishers) await publisher.stop();
  await stand?.stop();
});

/** As an API has one, with its own connections. */
function addPublisher(): Publisher {
  const config = loadConfig({ ...stand.env, METRICS_NAMESPACE: 'wavefleet/test', METRICS_EVERY_MS: '1000' });
  const { log, said } = recordedLog();
  const platform = makePlatform(config, log);
  const end = startLoadPublisher(platform);
  let ended: Promise<void> | undefined;
  const publisher = {
    ...{ platform, said },
    stop: () => (ended ??= end().then(() => platform.close())),
  };
  publishers.push(publisher);
  return publisher;
}

/** The newest figures. */
const figures = ({ said }: Publisher) => said.findLast(({ event }) => event === 'load.measured')?.fields;
const published = ({ said }: Publisher) => said.filter(({ event }) => event === 'load.measured').length;

async function submit(): Promise<string> {
  const jobId = randomUUID();
  await submitJob(stand.platform, {
    ...{ jobId, ownerId: 'somebody', source: { kind: 'upload', fileId: randomUUID() } },
    input: { bucket: stand.env.S3_BUCKET ?? '', key: `uploads/${jobId}`, sizeBytes: 1, etag: '"none"' },
    ...{ fileName: 'gone.wav', format: 'mp3', options: {} },
  });
  return jobId;
}

test('a backlog without workers is stranded; with one it is the load of its slots; ended jobs set the mean', async () => {
  const publisher = addPublisher();
  await until('Redis is there', () => publisher.platform.redis?.isUp());
  await until('an idle fleet', () => figures(publisher)?.Backlog === 0);
  await until('Redis tells', () => figures(publisher)?.RunningSlots === 0);
  expect(figures(publisher)).toMatchObject({
    Backlog: 0,
    StrandedBacklog: 0,
    RunningSlots: 0,
    DeadLetters: 0,
  });

  const [first = ''] = [await submit(), await submit(), await submit()];
  await until('three jobs wait', () => figures(publisher)?.Backlog === 3);
  const stranded = await until('how long they wait is known', () => {
    const now = figures(publisher);
    return Number(now?.OldestWaitingSeconds) > 0 ? now : undefined;
  });
  expect(stranded).toMatchObject({ StrandedBacklog: 3, RunningSlots: 0, BusySlots: 0, MeanJobSeconds: 15 });
  expect(stranded.DesiredLoad).toBeUndefined();
  const madeAt = Date.parse((await stand.platform.jobs.get(first))?.createdAt ?? '');
  expect(Number(stranded.OldestWaitingSeconds)).toBeLessThanOrEqual((Date.now() - madeAt) / 1000);

  await stand.addWorker();
  const loaded = await until('the worker is at one of them, and two wait', () => {
    const now = figures(publisher);
    return now?.BusySlots === 1 && now.Backlog === 2 ? now : undefined;
  });
  // One slot is busy, and two jobs of 15 s within 60 s ask for another half.
  expect(loaded).toMatchObject({ StrandedBacklog: 0, RunningSlots: 1, DesiredLoad: 1.5 });

  await stand.platform.pace.note(125_000);
  await until('the mean has changed', () => figures(publisher)?.MeanJobSeconds === 25);
});

test('a job on the board that waits no more is not taken for the oldest', async () => {
  const [publisher] = publishers;
  if (publisher === undefined) throw new Error('nobody publishes');
  const before = published(publisher);
  await stand.platform.turns.add({ jobId: randomUUID(), ownerId: 'nobody' });
  await until('it is looked at', () => published(publisher) > before + 1);
  expect(Number(figures(publisher)?.OldestWaitingSeconds)).toBeGreaterThan(0);
});

test('a worker that drains has no slot but those of the jobs that it ends', async () => {
  const [publisher] = publishers;
  if (publisher === undefined) throw new Error('nobody publishes');
  const worker = await stand.addWorker({ WORKER_CONCURRENCY: '4' });
  await until('all three jobs are at work', () => figures(publisher)?.BusySlots === 3);
  expect(figures(publisher)).toMatchObject({ RunningSlots: 5, DesiredLoad: 0.6 });
  const stopped = worker.stop();
  await until('free slots are gone', () => figures(publisher)?.RunningSlots === 3);
  expect(figures(publisher)).toMatchObject({ StrandedBacklog: 0, BusySlots: 3 });
  held.resolve();
  await stopped;
});

test('one of several publishes; when it ends the one that stands by goes on', async () => {
  const [first] = publishers;
  const second = addPublisher();
  if (first === undefined) throw new Error('nobody publishes');
  const before = published(first);
  await until('the first goes on', () => published(first) > before + 2);
  expect(published(second)).toBe(0);
  await first.stop();
  await until('the second has taken over', () => published(second) > 0);
  expect(second.said.map(({ event }) => event)).toContain('load.taken-on');
});
