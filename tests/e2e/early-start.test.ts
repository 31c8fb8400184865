/** A long file is converted while it still comes from S3: FFmpeg works before all is there, and the result is no other. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { saveResult, uploadFile } from '@wavefleet/client/files-on-disk.ts';
import type { ConversionOptions } from '@wavefleet/contracts/request.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ffmpegsIn, filesBelow } from '../bring-up/observers.ts';
import type { Call } from '../bring-up/proxy/call.ts';
import type { Effect } from '../bring-up/proxy/fault.ts';
import { FaultProxy } from '../bring-up/proxy/fault-proxy.ts';
import { Stand, unhurried } from '../bring-up/stand.ts';

const MIB = 1024 ** 2;
/** 53 MB. */
const SECONDS = 300;

let stand: Stand;
let s3: FaultProxy;
let work: string;
let path: string;

beforeAll(async () => {
  stand = await Stand.start({
    idleCores: 2,
    env: { ...unhurried, SPLIT_MIN_ENCODE_MS: '0' },
  });
  s3 = new FaultProxy(stand.services.url);
  work = (await stand.addWorker({ AWS_ENDPOINT_URL: await s3.door('worker') })).workDir;
  path = join(stand.dir, 'long.wav');
  const noise = `anoisesrc=c=pink:r=44100:a=0.4:seed=5:d=${SECONDS},aformat=channel_layouts=stereo`;
  const plain = ['-map_metadata', '-1', '-fflags', '+bitexact', '-c:a', 'pcm_s16le'];
  await execa('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', noise, ...plain, path]);
});
afterAll(async () => {
  await stand?.stop();
  await s3?.stop();
});
beforeEach(() => s3.forget());

/**
 * From now on the first request for a source breaks off after 20 MiB, and the next one waits; others find nothing in their way.
 * @returns what lets it go on, and resolves when it waits.
 */
function stopHalfWay() {
  const go = Promise.withResolvers<void>();
  inject({ kind: 'cut', afterBytes: 20 * MIB });
  const held = inject({ kind: 'hold', when: 'before', until: go.promise });
  return { go: () => go.resolve(), waits: held.nth(1) };
}

/** Strikes one request for a source that nothing has struck. */
function inject(effect: Effect) {
  const hits = ({ operation, path: of }: Call) => operation === 'GetObject' && of.includes('/uploads/');
  return s3.inject({ hits, effect, times: 1 });
}

async function submit(options: ConversionOptions = {}): Promise<string> {
  const { fileId } = await uploadFile(stand.client, path);
  return (await stand.client.jobs.submit({ fileId, format: 'alac', options })).jobId;
}
const ended = (jobId: string) => stand.client.jobs.waitForEnd(jobId, { timeoutMs: 300_000 });
const samplesIn = async (file: string) =>
  (await execa('ffmpeg', ['-v', 'error', '-i', file, '-map', '0:a', '-f', 'md5', '-'])).stdout;

/** The sound of the result is that of the source. */
async function isRight(jobId: string, attempts = 1): Promise<void> {
  const { status, error, attempt, warnings } = await ended(jobId);
  expect({ status, error, attempt, warnings }).toEqual({
    ...{ status: 'completed', error: undefined, attempt: attempts, warnings: [] },
  });
  const saved = join(stand.dir, jobId);
  await saveResult(stand.client, jobId, saved);
  expect(await samplesIn(saved)).toBe(await samplesIn(path));
}

/** Files of the job that is at work. */
const filesOf = async (name: RegExp) => (await filesBelow(work)).filter((file) => name.test(file));
const firstSegment = () =>
  until('the first segment is made', async () => (await filesOf(/segment-0\./)).length > 0, 60_000);
const nothingIsLeft = () =>
  until('nothing is left', async () => (await filesBelow(work)).length === 0, 60_000);

/** Bytes of the source that lie on the worker's disk. */
async function arrivedBytes(): Promise<number> {
  const [file = ''] = await filesOf(/\/in$/);
  const { blocks } = await stat(join(work, file));
  return blocks * 512;
}

test('the first segment is made while half of the source has not come, and the result is that of all of it', async () => {
  const { go, waits } = stopHalfWay();
  const jobId = await submit();
  await waits;
  await firstSegment();
  expect(await arrivedBytes()).toBeLessThan(21 * MIB);
  expect((await stand.client.jobs.get(jobId)).status).toBe('processing');
  go();
  await isRight(jobId);
  await nothingIsLeft();
});

test('what came was not what S3 has: it is fetched anew, and nothing is left of what was made of it', async () => {
  const flip = inject({ kind: 'flip' });
  await isRight(await submit());
  expect(flip.struck).toHaveLength(1);
});

test('a source that is replaced while it is converted ends the job with that', async () => {
  const { go, waits } = stopHalfWay();
  const jobId = await submit();
  await waits;
  await firstSegment();
  const { inputS3Location: at } = (await stand.platform.transitions.look(jobId)) ?? expect.fail();
  await stand.platform.objects.putBytes(at.key, Buffer.from('another one'), 'audio/wav');
  go();
  expect(await ended(jobId)).toMatchObject({
    status: 'failed',
    attempt: 1,
    error: { code: 'INPUT_CHANGED' },
  });
  await nothingIsLeft();
});

test('a job that is cancelled waits for nothing of its source', async () => {
  const { go, waits } = stopHalfWay();
  const jobId = await submit();
  await waits;
  await firstSegment();
  await stand.client.jobs.remove(jobId);
  await nothingIsLeft();
  expect(await ffmpegsIn(work)).toEqual([]);
  go();
  expect((await ended(jobId)).status).toBe('cancelled');
});

test('a worker that stops gives the job back at once, and the next one makes it', async () => {
  const { go, waits } = stopHalfWay();
  const jobId = await submit();
  await waits;
  await firstSegment();
  await stand.stopWorkers();
  await nothingIsLeft();
  go();
  work = (await stand.addWorker({ AWS_ENDPOINT_URL: await s3.door('worker') })).workDir;
  await isRight(jobId, 2);
});
