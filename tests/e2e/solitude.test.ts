/** A job whose worker has died runs alone, so that no other one dies with it. */
import { join } from 'node:path';
import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { disturb } from '../bring-up/client-faults.ts';
import { Stand } from '../bring-up/stand.ts';

let stand: Stand;
let fileId: string;
/** `jobId stage` in their order. */
const steps: string[] = [];
/** The job that is held before it converts, until it is opened. */
let held: { jobId: string; opened: Promise<void>; open: () => void } | undefined;

beforeAll(async () => {
  stand = await Stand.start({
    // Messages come when the test sends them, and only then.
    env: { WORKER_CONCURRENCY: '3', SWEEP_INTERVAL_MS: '600000' },
    async onStage(stage, jobId) {
      steps.push(`${jobId} ${stage}`);
      if (stage === 'convert' && jobId === held?.jobId) await held.opened;
    },
  });
  const path = join(stand.dir, 'short.wav');
  await makeSample(path, { seconds: 1 });
  fileId = (await uploadFile(stand.client, path)).fileId;
});
afterEach(async () => {
  held?.open();
  steps.length = 0;
  await stand.stopWorkers();
});
afterAll(() => stand?.stop());

/** Jobs whose messages are lost. */
async function jobs(count: number): Promise<string[]> {
  const jobIds: string[] = [];
  for (let job = 0; job < count; job += 1) {
    jobIds.push((await stand.client.jobs.submit({ fileId, format: 'flac' })).jobId);
  }
  await stand.platform.aws.sqs.send(new PurgeQueueCommand({ QueueUrl: stand.env.JOBS_QUEUE_URL }));
  return jobIds;
}
const wake = (jobId: string) => stand.platform.queue.send({ jobId, ownerId: 'anonymous' });
const indexOf = (step: string) => steps.indexOf(step);
function hold(jobId: string) {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  held = { jobId, opened, open };
}

const isOfJobs = (input: unknown) =>
  z.object({ QueueUrl: z.literal(stand.env.JOBS_QUEUE_URL ?? '') }).safeParse(input).success;

/** Holds so many polls of a worker back on their way to the queue. Answers, once it has them, what lets them go. */
async function holdPolls({ platform }: Awaited<ReturnType<Stand['addWorker']>>, count: number) {
  const { promise: gone, resolve: letGo } = Promise.withResolvers<void>();
  let held = 0;
  disturb(platform.aws.sqsPoll, (_command, input) => {
    if (held === count || !isOfJobs(input)) return undefined;
    held += 1;
    return { passAfter: () => gone };
  });
  await until('polls are held', async () => held === count);
  return letGo;
}

/** As if a worker had claimed it and died, a minute ago. */
async function crashed(jobId: string): Promise<void> {
  const claimant = { owner: 'dead', leaseMs: 1, ability: 99 };
  const claimed = await stand.platform.transitions.claim(jobId, claimant, Date.now() - 60_000);
  expect(claimed.kind).toBe('claimed');
}

test('it waits for the others, unclaimed; nobody begins meanwhile; then it runs alone, and the others go on', async () => {
  const [neighbour = '', dangerous = '', later = ''] = await jobs(3);
  await crashed(dangerous);
  hold(neighbour);
  const worker = await stand.addWorker();
  const letPollGo = await holdPolls(worker, 1);
  const hide = vi.spyOn(worker.platform.queue, 'hide');
  await wake(neighbour);
  await until('the neighbour converts', async () => indexOf(`${neighbour} convert`) >= 0);
  await wake(dangerous);
  // The neighbour's message is kept hidden by its lease; the other one by who waits.
  const handles = () => new Set(hide.mock.calls.map(([receiptHandle]) => receiptHandle));
  await until('it waits', async () => handles().size === 2);
  await wake(later);
  // Its poll was under way before anybody wanted to be alone.
  letPollGo();
  await until('it is handed back', async () => handles().size === 3);
  await until('the later one’s message is with nobody', async () => {
    const { waiting, inFlight } = await stand.platform.queue.depth(AbortSignal.timeout(2_000));
    return waiting >= 1 && inFlight >= 1;
  });
  expect(await stand.platform.jobs.get(dangerous)).toMatchObject({ attempt: 1, crashes: 1 });
  expect(indexOf(`${later} download`)).toBe(-1);

  held?.open();
  hold(dangerous);
  await until('it converts', async () => indexOf(`${dangerous} convert`) >= 0);
  expect(indexOf(`${later} download`)).toBe(-1);
  expect(await stand.platform.jobs.get(neighbour)).toMatchObject({ status: 'completed' });
  held?.open();
  for (const jobId of [dangerous, later]) await stand.client.jobs.waitForEnd(jobId);
  expect(indexOf(`${later} download`)).toBeGreaterThan(indexOf(`${dangerous} complete`));
  expect(await stand.platform.jobs.get(dangerous)).toMatchObject({ status: 'completed', attempt: 2 });
});

test('a job whose message comes while its worker ends is not begun', async () => {
  const [late = ''] = await jobs(1);
  const worker = await stand.addWorker();
  const letPollsGo = await holdPolls(worker, 3);
  const stopped = worker.stop();
  await wake(late);
  letPollsGo();
  await stopped;
  expect(await stand.platform.jobs.get(late)).toMatchObject({ status: 'created', attempt: 0 });
  await stand.addWorker();
  expect(await stand.client.jobs.waitForEnd(late)).toMatchObject({ status: 'completed', attempt: 1 });
});

test('a worker that waits for a job’s solitude can be stopped at once', async () => {
  const [neighbour = '', dangerous = ''] = await jobs(2);
  await crashed(dangerous);
  hold(neighbour);
  const worker = await stand.addWorker();
  await wake(neighbour);
  await until('the neighbour converts', async () => indexOf(`${neighbour} convert`) >= 0);
  await wake(dangerous);
  await until('it was looked at', async () => indexOf(`${dangerous} claim`) >= 0);
  const stopped = worker.stop();
  held?.open();
  await stopped;
  expect(await stand.platform.jobs.get(dangerous)).toMatchObject({ attempt: 1, crashes: 1 });
  // Whichever message had taken it off.
  expect(await stand.platform.turns.longestWaiting(20)).toContain(dangerous);
});
