/** A machine that runs out of disk, really: nothing new is taken in, what is at work goes on, and all is well by itself. */
import { existsSync } from 'node:fs';
import { mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { healthSchema } from '@wavefleet/contracts/http.ts';
import { type SystemView, systemViewSchema } from '@wavefleet/contracts/system.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cutOffWav } from '../bring-up/not-audio.ts';
import { Stand } from '../bring-up/stand.ts';
import { refusal } from './refusal.ts';

const MIB = 1024 ** 2;
/** A disk that few others write to, where the system has one. */
const shared = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

let dir: string;
let stand: Stand;
let fillBytes: number;
let fileId: string;
/** Jobs wait before they convert until this is resolved. */
let gate = Promise.withResolvers<void>();

beforeAll(async () => {
  dir = await mkdtemp(join(shared, 'wavefleet-full-'));
  const { bavail, bsize } = await statfs(dir);
  const freeBytes = bavail * bsize;
  fillBytes = Math.min(512 * MIB, Math.floor(0.8 * freeBytes));
  stand = await Stand.start({
    env: {
      WORK_DIR: join(dir, 'work'),
      RESOURCE_SAMPLE_MS: '100',
      FREE_DISK_WARN_BYTES: String(freeBytes),
      FREE_DISK_REFUSE_BYTES: String(freeBytes - Math.floor(fillBytes / 2)),
    },
    onStage: async (stage) => {
      if (stage === 'convert') await gate.promise;
    },
  });
  const path = join(stand.dir, 'short.wav');
  await makeSample(path, { seconds: 1 });
  fileId = (await uploadFile(stand.client, path)).fileId;
});
afterAll(async () => {
  await stand?.stop();
  await rm(dir, { recursive: true, force: true });
});

async function fillDisk(): Promise<void> {
  const file = await open(join(dir, 'filler'), 'w');
  const chunk = Buffer.alloc(4 * MIB);
  for (let written = 0; written < fillBytes; written += chunk.length) await file.write(chunk);
  await file.close();
}
const clearDisk = () => rm(join(dir, 'filler'));

async function health() {
  const shown = healthSchema.extend({ system: systemViewSchema });
  return shown.parse(await (await fetch(`${stand.client.baseUrl}/api/health`)).json());
}
const workersAre = (what: string, wanted: Partial<SystemView['workers']>) =>
  until(`workers are ${what}`, async () => {
    const { workers } = (await health()).system;
    return Object.entries(wanted ?? {}).every(([name, value]) => Reflect.get(workers ?? {}, name) === value);
  });

const post = (path: string, body: unknown) =>
  fetch(`${stand.client.baseUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const upload = () => fetch(`${stand.client.baseUrl}/api/upload-audio`, { method: 'POST', body: cutOffWav });

test('a full disk: the job at work is completed, the next one waits, the API sends away; then all goes on', async () => {
  const worker = await stand.addWorker({ WORK_DIR: join(dir, 'work') });
  const atWork = await stand.client.jobs.submit({ fileId, format: 'mp3' });
  await workersAre('at work', { alive: 1, receiving: 1, activeJobs: 1, slots: 1 });
  const waiting = await stand.client.jobs.submit({ fileId, format: 'flac' });

  await fillDisk();
  await workersAre('held back', { alive: 1, receiving: 0, activeJobs: 1 });
  const shown = await health();
  expect(shown).toMatchObject({ status: 'degraded', system: { refusing: ['disk'] } });
  expect(shown.system.processes.map(({ service, exhausted }) => [service, exhausted])).toEqual([
    ['api', ['disk']],
    ['worker', ['disk']],
  ]);
  const stored = await stand.platform.objects.list('uploads/');
  const sentAway = [
    await upload(),
    await post('/api/uploads', { fileName: 'a.wav', sizeBytes: 1_000 }),
    await post('/api/jobs', { fileId, format: 'opus' }),
    await post('/api/convert-audio', { fileId, format: 'opus' }),
  ];
  for (const answer of sentAway) {
    expect(answer.headers.get('retry-after')).toBe('30');
    expect(await refusal(answer)).toBe('503 OVERLOADED');
  }
  expect(await stand.platform.objects.list('uploads/')).toEqual(stored);

  gate.resolve();
  expect(await stand.client.jobs.waitForEnd(atWork.jobId)).toMatchObject({
    status: 'completed',
    attempt: 1,
  });
  await workersAre('idle', { receiving: 0, activeJobs: 0 });
  expect(await stand.platform.jobs.get(waiting.jobId)).toMatchObject({ status: 'created', attempt: 0 });

  await clearDisk();
  expect(await stand.client.jobs.waitForEnd(waiting.jobId)).toMatchObject({
    status: 'completed',
    attempt: 1,
  });
  await workersAre('well', { alive: 1, receiving: 1 });
  await until('the API takes uploads again', async () => (await upload()).status === 201);
  await worker.stop();
  await workersAre('gone', { alive: 0 });
});

test('a worker that is held back ends like any other', async () => {
  gate = Promise.withResolvers();
  const worker = await stand.addWorker({ WORK_DIR: join(dir, 'work') });
  await fillDisk();
  await workersAre('held back', { alive: 1, receiving: 0 });
  const startedAtMs = performance.now();
  await worker.stop();
  // sqs-consumer looks once a second whether its last poll is over; a poll of its own would take longer.
  expect(performance.now() - startedAtMs).toBeLessThan(5_000);
  await clearDisk();
  gate.resolve();
});

test('a worker that is short of memory receives nothing and says so; one that has enough takes the job', async () => {
  gate.resolve();
  await stand.stopWorkers();
  const tooMuch = String(1024 ** 5);
  await stand.addWorker({ FREE_MEMORY_WARN_BYTES: tooMuch, FREE_MEMORY_REFUSE_BYTES: tooMuch });
  await workersAre('held back', { alive: 1, receiving: 0 });
  const exhaustedOnes = async () =>
    (await health()).system.processes.map(({ service, exhausted }) => [service, exhausted]);
  await expect.poll(exhaustedOnes).toEqual([
    ['api', []],
    ['worker', ['memory']],
  ]);
  const { jobId } = await stand.client.jobs.submit({ fileId, format: 'flac' });
  await stand.addWorker();
  await until('it is completed', async () => (await stand.client.jobs.get(jobId)).status === 'completed');
  await workersAre('one of two at work', { alive: 2, receiving: 1 });
});
