/** Listening in the browser: the file itself where browsers play it, else an MP3 of its beginning. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import { submittedSchema } from '@wavefleet/contracts/http.ts';
import { outputPrefix } from '@wavefleet/contracts/keys.ts';
import { measureAudio } from '@wavefleet/localstack/demo/audio-check.ts';
import { makeSample, type SampleOptions } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { zeros } from '../bring-up/not-audio.ts';
import { Stand } from '../bring-up/stand.ts';
import { refusal } from './refusal.ts';

let stand: Stand;
/** Jobs that wait before their previews are made, and what lets them go on. */
const held = new Map<string, () => void>();
let holdNext = false;
beforeAll(async () => {
  stand = await Stand.start({
    async onStage(stage, jobId) {
      if (stage !== 'preview' || !holdNext) return;
      holdNext = false;
      await new Promise<void>((resolve) => held.set(jobId, resolve));
    },
  });
  await stand.addWorker();
});
afterAll(() => stand?.stop());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${stand.client.baseUrl}${path}`, { headers });

async function convert(ending: string, sample: SampleOptions, format: FormatName, options = {}) {
  const path = join(stand.dir, `in-${sample.seconds}.${ending}`);
  await makeSample(path, sample);
  const { fileId } = await uploadFile(stand.client, path);
  const { jobId } = await stand.client.jobs.submit({ fileId, format, options });
  await stand.client.jobs.waitForEnd(jobId);
  return await until('its previews', async () => {
    const job = await stand.client.jobs.get(jobId);
    return Object.values(job.playback).includes('pending') ? undefined : job;
  });
}

async function listen(jobId: string, of: 'source' | 'result') {
  const response = await get(`/api/jobs/${jobId}/audio?of=${of}`);
  expect(response.status).toBe(200);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('content-disposition')).toMatch(/^inline; /);
  const file = join(stand.dir, `${jobId}-${of}`);
  await writeFile(file, Buffer.from(await response.arrayBuffer()));
  return { type: response.headers.get('content-type'), audio: await measureAudio(file) };
}

test('what browsers play is played as it is, and nothing is made of it', async () => {
  const job = await convert('wav', { seconds: 2 }, 'ogg');
  expect(job.playback).toEqual({ source: 'file', result: 'file' });
  expect(await listen(job.jobId, 'source')).toMatchObject({
    type: 'audio/wav',
    audio: { codec: 'pcm_s16le' },
  });
  expect(await listen(job.jobId, 'result')).toMatchObject({ type: 'audio/ogg', audio: { codec: 'vorbis' } });
  expect(await stand.platform.objects.list(outputPrefix(job.jobId))).toHaveLength(1);

  const range = await get(`/api/jobs/${job.jobId}/audio?of=source`, { range: 'bytes=0-3' });
  expect([range.status, await range.text()]).toEqual([206, 'RIFF']);
  const etag = range.headers.get('etag') ?? '';
  const again = await get(`/api/jobs/${job.jobId}/audio?of=source`, { 'if-none-match': etag });
  expect(again.status).toBe(304);
});

test('of a source that they do not play there is an MP3 of the first three minutes', async () => {
  const job = await convert('aiff', { seconds: 200, channels: 6, sampleRate: 16_000 }, 'mp3', {
    trimStart: 195,
  });
  expect(job.playback).toEqual({ source: 'preview', result: 'file' });
  const { type, audio } = await listen(job.jobId, 'source');
  expect(type).toBe('audio/mpeg');
  expect(audio).toMatchObject({ codec: 'mp3', channels: 2, hasCover: false });
  expect(audio.durationSeconds).toBeCloseTo(180, 0);
  expect(audio.levelDb).toBeGreaterThan(-40);
  const result = await listen(job.jobId, 'result');
  expect(result.audio.durationSeconds).toBeCloseTo(5, 0);
});

test('of a result that they do not play there is one of what was cut out', async () => {
  const job = await convert('mp3', { seconds: 10 }, 'alac', { trimStart: 2, trimEnd: 5.5 });
  expect(job.playback).toEqual({ source: 'file', result: 'preview' });
  const { audio } = await listen(job.jobId, 'result');
  expect(audio.codec).toBe('mp3');
  expect(audio.durationSeconds).toBeCloseTo(3.5, 1);
});

test('no result waits for its preview, and a job that is deleted meanwhile leaves nothing behind', async () => {
  holdNext = true;
  const path = join(stand.dir, 'held.wma');
  await makeSample(path, { seconds: 1 });
  const { fileId } = await uploadFile(stand.client, path);
  const { jobId } = await stand.client.jobs.submit({ fileId, format: 'aiff' });
  const job = await stand.client.jobs.waitForEnd(jobId);
  expect(job).toMatchObject({ status: 'completed', playback: { source: 'pending', result: 'pending' } });
  await until(
    'it is announced',
    async () => (await stand.events.drain()) && stand.events.of(jobId).length === 1,
  );
  expect((await stand.client.results.download(jobId)).status).toBe(200);
  for (const of of ['source', 'result']) {
    expect(await refusal(await get(`/api/jobs/${jobId}/audio?of=${of}`))).toBe('409 JOB_NOT_READY');
  }
  const gone = await fetch(`${stand.client.baseUrl}/api/jobs/${jobId}`, { method: 'DELETE' });
  expect(gone.status).toBe(204);
  const goOn = await until('the worker waits', () => held.get(jobId));
  goOn();
  // The worker has one slot: once it takes another job it is through with this one, but for what it clears away.
  await convert('wav', { seconds: 1 }, 'mp3');
  await until(
    'nothing is left',
    async () => (await stand.platform.objects.list(outputPrefix(jobId))).length === 0,
  );
});

test('what is cleaned up while its preview is made has none, however late that comes', async () => {
  holdNext = true;
  const path = join(stand.dir, 'cleaned.wma');
  await makeSample(path, { seconds: 1 });
  const { fileId } = await uploadFile(stand.client, path);
  const { jobId } = await stand.client.jobs.submit({ fileId, format: 'aiff' });
  await stand.client.jobs.waitForEnd(jobId);
  const goOn = await until('its preview waits', () => held.get(jobId));
  expect((await stand.postJson('/api/cleanup', { jobId })).status).toBe(200);
  goOn();
  // As above.
  await convert('wav', { seconds: 1 }, 'mp3');
  await until(
    'nothing is left',
    async () => (await stand.platform.objects.list(outputPrefix(jobId))).length === 0,
  );
  expect(await stand.platform.jobs.get(jobId)).not.toHaveProperty('previews');
});

test('one preview serves both, and goes with the job', async () => {
  const job = await convert('wma', { seconds: 3 }, 'aiff');
  expect(job.playback).toEqual({ source: 'preview', result: 'preview' });
  const keys = await stand.platform.objects.list(outputPrefix(job.jobId));
  expect(keys.map((key) => key.split('/').at(-1)).sort()).toEqual(['1.aiff', '1.preview-source.mp3']);
  for (const of of ['source', 'result'] as const) {
    expect((await listen(job.jobId, of)).audio.durationSeconds).toBeCloseTo(3, 0);
  }
  const gone = await fetch(`${stand.client.baseUrl}/api/jobs/${job.jobId}`, { method: 'DELETE' });
  expect(gone.status).toBe(204);
  expect(await stand.platform.objects.list(outputPrefix(job.jobId))).toEqual([]);
});

test('a failed job keeps what is known of its source, plays it, and is mended by its own suggestion', async () => {
  const job = await convert('wav', { seconds: 4 }, 'mp3', { trimStart: 60, channels: 1 });
  expect(job).toMatchObject({
    status: 'failed',
    error: { code: 'INVALID_OPTION' },
    input: { codec: 'pcm_s16le', sampleRate: 44_100 },
    playback: { source: 'file', result: 'none' },
    fix: { changes: { options: { channels: 1 } } },
  });
  expect((await listen(job.jobId, 'source')).audio.durationSeconds).toBeCloseTo(4, 1);
  expect(await refusal(await get(`/api/jobs/${job.jobId}/audio`))).toBe('409 JOB_FAILED');
  const retried = await fetch(`${stand.client.baseUrl}/api/jobs/${job.jobId}/retry`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(job.fix?.changes),
  });
  const { jobId } = submittedSchema.parse(await retried.json());
  const mended = await stand.client.jobs.waitForEnd(jobId);
  expect(mended).toMatchObject({ status: 'completed', retryOf: job.jobId, output: { channels: 1 } });
});

test('what cannot be played says so', async () => {
  const path = join(stand.dir, 'zeros.wav');
  await writeFile(path, zeros);
  const { fileId } = await uploadFile(stand.client, path);
  const { jobId } = await stand.client.jobs.submit({ fileId, format: 'mp3' });
  await stand.client.jobs.waitForEnd(jobId);
  const source = () => get(`/api/jobs/${jobId}/audio?of=source`);
  expect(await refusal(await source())).toBe('409 NOT_PLAYABLE');
  expect(await refusal(await get(`/api/jobs/${jobId}/audio?of=both`))).toBe('400 VALIDATION_ERROR');

  const played = await convert('wav', { seconds: 1 }, 'mp3');
  await stand.platform.objects.remove([`uploads/${played.fileId}.wav`]);
  const lost = await get(`/api/jobs/${played.jobId}/audio?of=source`);
  expect(await refusal(lost)).toBe('410 INPUT_MISSING');
});
