/** Cancelling and deleting at any moment: one outcome, told once, and no byte that nobody could find any more. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { segmentsPrefix } from '@wavefleet/contracts/keys.ts';
import type { Stage } from '@wavefleet/contracts/stages.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { announce } from '@wavefleet/platform/jobs/announce.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callerOf, jobOf } from '../bring-up/caller.ts';
import { loseAnswerOf } from '../bring-up/client-faults.ts';
import { Stand } from '../bring-up/stand.ts';

const RACES = 200;
const HEARTBEAT_MS = 100;

let stand: Stand;
let sample: string;
/** What is done when a job comes to a stage, before it goes on. */
let onStage: (stage: Stage, jobId: string) => Promise<void> | void = () => undefined;
beforeAll(async () => {
  stand = await Stand.start({
    env: { HEARTBEAT_MS: String(HEARTBEAT_MS) },
    onStage: async (stage, jobId) => await onStage(stage, jobId),
  });
  sample = join(stand.dir, 'sample.wav');
  await makeSample(sample, { seconds: 1 });
  await stand.addWorker();
});
afterAll(() => stand?.stop());

const output = {
  ...{ bucket: 'b', sizeBytes: 1, sha256: 'x', durationSeconds: 1, sampleRate: 44_100, channels: 2 },
  codec: 'mp3',
};
const input = {
  ...{ container: 'wav', codec: 'pcm_s16le', durationSeconds: 1, sampleRate: 44_100, channels: 2 },
  ...{ bitDepth: 16, streams: 1, hasCover: false, tags: {} },
};
const ending = { status: 'completed' as const, warnings: [], input, timings: { queued: 1, total: 2 } };

const remove = (jobId: string) => stand.client.jobs.remove(jobId);
const stored = async (...prefixes: string[]) =>
  (await Promise.all(prefixes.map((prefix) => stand.platform.objects.list(prefix)))).flat();
const outcomesOf = async (jobId: string) => {
  const isTold = () => stand.events.of(jobId).length > 0;
  await until('its event', async () => isTold() || ((await stand.events.drain()) && isTold()));
  // Told twice now and then, under one id.
  return [...new Set(stand.events.of(jobId).map(({ eventId }) => eventId))];
};

/** Resolves when no job is at work any more. */
async function idle(jobId: string): Promise<void> {
  await until('the message is gone', async () => {
    const { waiting, inFlight } = await stand.platform.queue.depth(AbortSignal.timeout(2_000));
    return waiting + inFlight === 0;
  });
  expect(await stand.platform.jobs.get(jobId)).toBeUndefined();
}

test.each([
  ['claim', 'cancelled'],
  ['download', 'cancelled'],
  ['probe', 'cancelled'],
  ['convert', 'cancelled'],
  ['verify', 'cancelled'],
  ['upload', 'cancelled'],
  ['complete', 'cancelled'],
  ['announce', 'deleted'],
  ['preview', 'deleted'],
] as const)('before %s: %s, and deleted while the worker is still at it', async (stage, answer) => {
  const { fileId } = await uploadFile(stand.client, sample);
  for (const isNoticed of [true, false]) {
    const reached = Promise.withResolvers<string>();
    const opened = Promise.withResolvers<void>();
    onStage = async (at, jobId) => {
      if (at !== stage) return;
      onStage = () => undefined;
      reached.resolve(jobId);
      await opened.promise;
    };
    const again = isNoticed ? fileId : (await uploadFile(stand.client, sample)).fileId;
    // Browsers play no AIFF: it has a preview.
    const { jobId } = await stand.client.jobs.submit({ fileId: again, format: 'aiff' });
    expect(await reached.promise).toBe(jobId);
    expect(await remove(jobId)).toBe(answer);
    if (answer === 'cancelled') expect(await remove(jobId)).toBe('deleted');
    // Two beats: the worker has heard that the job is no longer its own.
    if (isNoticed) await sleep(2 * HEARTBEAT_MS + 50);
    opened.resolve();
    await idle(jobId);
    expect(await outcomesOf(jobId)).toEqual([`${jobId}:${answer === 'deleted' ? 'completed' : answer}`]);
    expect(await stored(`conversions/${jobId}/`, `uploads/${again}`)).toEqual([]);
  }
});

test('cancelling races completion, 200 times: one of them wins, for the record and for the events', async () => {
  await stand.stopWorkers();
  const fileId = await stand.byHand.upload();
  /** Of cancelling, which takes longer: shifted so that either side goes on winning now and then. */
  let headStartMs = 10;
  const race = async () => {
    const jobId = await stand.byHand.job(fileId);
    const claim = await stand.byHand.claim(jobId);
    const { transitions } = stand.platform;
    const [answer, completed] = await Promise.all([
      remove(jobId),
      sleep(headStartMs + Math.random() * 4).then(() =>
        transitions.finish(claim, { ...ending, output: { ...output, key: jobId } }),
      ),
    ]);
    if (completed !== undefined) await announce(stand.platform, completed);
    const isCompleted = completed !== undefined;
    headStartMs = Math.max(0, headStartMs + (isCompleted ? 3 : -3));
    return { jobId, answer, isCompleted };
  };
  const races: Awaited<ReturnType<typeof race>>[] = [];
  while (races.length < RACES) races.push(...(await Promise.all(Array.from({ length: 8 }, race))));
  for (const { jobId, answer, isCompleted } of races) {
    const outcome = isCompleted ? 'completed' : 'cancelled';
    expect(['deleted', outcome]).toContain(answer);
    const job = await stand.platform.jobs.get(jobId);
    expect(job?.status).toBe(answer === 'deleted' ? undefined : outcome);
    expect(await outcomesOf(jobId)).toEqual([`${jobId}:${outcome}`]);
    if (job !== undefined) expect(await remove(jobId)).toBe('deleted');
  }
  expect(new Set(races.map(({ isCompleted }) => isCompleted))).toEqual(new Set([true, false]));
  expect(await stored(`uploads/${fileId}`)).toEqual([]);
});

test('a cancellation whose answer from the table is lost is told, and leaves no segment and no place taken', async () => {
  await stand.stopWorkers();
  const ann = callerOf(stand);
  const { platform, byHand } = stand;
  const { aws, jobs, objects, progress, holdings, transitions } = platform;
  const jobId = await jobOf(await ann.submit(await ann.upload()));
  const { ownerId } = (await jobs.get(jobId)) ?? expect.fail();
  const held = () => holdings.weight({ name: 'jobs', limit: 1, forgottenAfterMs: 86_400_000 }, ownerId);
  expect(await held()).toBe(1);
  await transitions.retryLater(await byHand.claim(jobId), 600_000, 'STORAGE_UNAVAILABLE', {});
  await objects.putJsonIf(`${segmentsPrefix(jobId)}plan/0`, 'a segment', undefined);
  const wasLost = loseAnswerOf(aws.dynamo, '#status = :to');
  const answer = await ann.request(`/api/jobs/${jobId}`, { method: 'DELETE' });
  expect(wasLost()).toBe(true);
  expect([answer.status, await answer.json()]).toEqual([200, { jobId, status: 'cancelled' }]);
  expect(await progress.readRedis(jobId)).toMatchObject({ stage: 'cancelled', endedAt: expect.any(Number) });
  expect(await held()).toBe(0);
  await until('its segment is gone', async () => (await stored(segmentsPrefix(jobId))).length === 0);
  expect(await outcomesOf(jobId)).toContain(`${jobId}:cancelled`);
});
