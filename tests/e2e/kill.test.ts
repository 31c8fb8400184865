/** Workers killed and frozen in every stage: each job completes once, and nothing stays behind. */
import type { Client } from '@wavefleet/client/client.ts';
import { saveResult, uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { outputPrefix } from '@wavefleet/contracts/keys.ts';
import { type Stage, stages } from '@wavefleet/contracts/stages.ts';
import type { Child } from '@wavefleet/localstack/child.ts';
import { measureAudio } from '@wavefleet/localstack/demo/audio-check.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { Fleet, holdingWorker } from '../bring-up/fleet.ts';
import { type EventLog, ffmpegsIn, filesBelow } from '../bring-up/observers.ts';

const heldSchema = z.object({ held: z.string(), jobId: z.uuid() });

let fleet: Fleet;
let client: Client;
let events: EventLog;

beforeAll(async () => {
  fleet = await Fleet.start({ workers: 0, restartWorkers: false, entries: { worker: holdingWorker } });
  client = fleet.client;
  events = fleet.eventLog();
});
afterAll(() => fleet?.stop());

/** Resolves with the job that the worker stopped before the stage it is to hold at. */
function holding(worker: Child): Promise<string> {
  return new Promise((resolve) => {
    worker.process.on('message', (message) => {
      const held = heldSchema.safeParse(message);
      if (held.success) resolve(held.data.jobId);
    });
  });
}

/** Every percent that a reader sees until the job is terminal. */
async function watchPercents(jobId: string): Promise<number[]> {
  const percents: number[] = [];
  for await (const view of client.progress.events(jobId)) percents.push(view.progress);
  return percents;
}

test('SIGKILL before and in each stage: the job completes on another worker, once, and nothing stays behind', async () => {
  const sample = fleet.file('sample.flac');
  await makeSample(sample, { seconds: 4 });
  const { fileId } = await uploadFile(client, sample);

  const victims = await Promise.all(stages.map((stage) => fleet.addWorker({ HOLD_AT_STAGE: stage })));
  const holds = victims.map(holding);
  const jobs = await Promise.all(stages.map(() => client.jobs.submit({ fileId, format: 'mp3' })));
  const watched = jobs.map(({ jobId }) => watchPercents(jobId));
  const heldJobs = await Promise.all(holds);
  expect(new Set(heldJobs).size).toBe(stages.length);

  for (const victim of victims) victim.process.kill('SIGKILL');
  await Promise.all(victims.map((victim) => victim.ended));
  const successors = [stages.indexOf('convert'), stages.indexOf('upload')];
  const workDirs = successors.map((index) => fleet.workDir(index));
  for (const workDir of workDirs) expect(await filesBelow(workDir)).not.toEqual([]);
  await Promise.all(successors.map((index) => fleet.addWorker({}, index)));

  const stageOf = (jobId: string): Stage | undefined => stages[heldJobs.indexOf(jobId)];
  for (const [index, { jobId }] of jobs.entries()) {
    const job = await client.jobs.waitForEnd(jobId, { timeoutMs: 40_000 });
    expect(job.status, `killed at ${stageOf(jobId)}`).toBe('completed');
    // Killed before its claim a job is claimed once; killed after its completion it is never claimed again.
    const claimedTwice = !['claim', 'announce', 'preview'].includes(stageOf(jobId) ?? '');
    expect(job.attempt, `killed at ${stageOf(jobId)}`).toBe(claimedTwice ? 2 : 1);
    const percents = (await watched[index]) ?? [];
    expect(percents.at(-1)).toBe(100);
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));

    const path = fleet.file(`${jobId}.mp3`);
    await saveResult(client, jobId, path);
    const audio = await measureAudio(path);
    expect(audio).toMatchObject({ codec: 'mp3', sampleRate: 44_100, channels: 2 });
    expect(Math.abs(audio.durationSeconds - 4)).toBeLessThan(0.05);
    expect(audio.levelDb).toBeGreaterThan(-25);
  }

  for (const { jobId } of jobs) {
    await until(`the event of ${jobId}`, async () => (await events.drain()) && events.of(jobId).length > 0);
    expect(new Set(events.of(jobId).map(({ eventId }) => eventId))).toEqual(new Set([`${jobId}:completed`]));
  }
  // A successor sweeps the folder of the killed worker whose place it takes, and cleans up behind itself.
  // The news is told before that, and before the preview.
  for (const workDir of workDirs)
    await until(`nothing in ${workDir}`, async () => (await filesBelow(workDir)).length === 0);
  await until('no FFmpeg', async () => (await ffmpegsIn(fleet.dir)).length === 0);
});

test('SIGKILL while FFmpeg runs: FFmpeg dies with its worker', async () => {
  const long = fleet.file('long.wav');
  await makeSample(long, { seconds: 240 });
  const { fileId } = await uploadFile(client, long);
  const { jobId } = await client.jobs.submit({ fileId, format: 'mp3' });
  for await (const { step, progress } of client.progress.events(jobId))
    if (step === 'convert' && progress > 12) break;
  // More than one where cores are idle: a long file is made in segments.
  expect(await ffmpegsIn(fleet.dir)).not.toEqual([]);

  const working = fleet.workers.filter(({ alive }) => alive);
  const victim = await until('the worker that converts', async () => {
    for (const worker of working) {
      const index = fleet.workers.indexOf(worker);
      if ((await filesBelow(fleet.workDir(index))).length > 0) return worker;
    }
    return undefined;
  });
  victim.process.kill('SIGKILL');
  await victim.ended;
  await until(
    'FFmpeg is gone',
    async () => (await ffmpegsIn(fleet.workDir(fleet.workers.indexOf(victim)))).length === 0,
    2_000,
  );
  const job = await client.jobs.waitForEnd(jobId, { timeoutMs: 60_000 });
  expect(job).toMatchObject({ status: 'completed', attempt: 2 });
});

test.each(['upload', 'complete'] as const)(
  'SIGSTOP before %s, past lease and visibility: the other worker wins, the woken one leaves no trace',
  async (stage) => {
    await Promise.all(fleet.workers.map((worker) => worker.stop()));
    const sample = fleet.file('frozen.flac');
    await makeSample(sample, { seconds: 2 });
    const { fileId } = await uploadFile(client, sample);
    const frozen = await fleet.addWorker({ HOLD_AT_STAGE: stage });
    const held = holding(frozen);
    const { jobId } = await client.jobs.submit({ fileId, format: 'ogg' });
    expect(await held).toBe(jobId);
    frozen.process.kill('SIGSTOP');
    await fleet.addWorker();
    const job = await client.jobs.waitForEnd(jobId, { timeoutMs: 40_000 });
    expect(job).toMatchObject({ status: 'completed', attempt: 2 });

    frozen.process.send('go on');
    frozen.process.kill('SIGCONT');
    await frozen.stop();
    expect(await client.jobs.get(jobId)).toEqual(job);
    await until('the event', async () => (await events.drain()) && events.of(jobId).length > 0);
    expect(events.of(jobId)).toHaveLength(1);
    expect(await fleet.platform.objects.list(outputPrefix(jobId))).toEqual([`conversions/${jobId}/2.ogg`]);
  },
);
