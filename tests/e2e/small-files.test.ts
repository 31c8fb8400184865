/** Small sources and results, which are sent in one piece: S3 fails at each end, and what comes out is the same. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { SMALL_FILE_BYTES } from '@wavefleet/worker/job/small-files.ts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Call } from '../bring-up/proxy/call.ts';
import type { Effect } from '../bring-up/proxy/fault.ts';
import { FaultProxy } from '../bring-up/proxy/fault-proxy.ts';
import { Stand } from '../bring-up/stand.ts';

const HEADER_BYTES = 44;
let stand: Stand;
let proxy: FaultProxy;
/** Operations of the worker on sources and results, in order. */
const calls: string[] = [];

beforeAll(async () => {
  stand = await Stand.start({ env: { AWS_RETRY_BASE_MS: '50' } });
  proxy = new FaultProxy(stand.services.url);
  await stand.addWorker({ AWS_ENDPOINT_URL: await proxy.door('worker') });
});
afterAll(async () => {
  await stand?.stop();
  await proxy?.stop();
});
beforeEach(() => {
  proxy.forget();
  calls.length = 0;
});

/** A mono WAV of exactly so many bytes, none of which is like its neighbours. */
async function source(sizeBytes: number): Promise<Buffer> {
  const path = join(stand.dir, 'source.wav');
  const samples = (sizeBytes - HEADER_BYTES) / 2;
  const noise = `anoisesrc=r=44100:a=0.3:seed=7,atrim=end_sample=${samples}`;
  const exact = ['-fflags', '+bitexact', '-flags:a', '+bitexact', '-map_metadata', '-1'];
  await promisify(execFile)('ffmpeg', [
    '-nostdin',
    '-v',
    'error',
    '-y',
    '-f',
    'lavfi',
    '-i',
    noise,
    ...exact,
    path,
  ]);
  return await readFile(path);
}

/** Converts to WAV, which is what went in. @param effects of the first calls that are meant. */
async function converted(bytes: Buffer, hits: (call: Call) => boolean = () => false, ...effects: Effect[]) {
  const path = join(stand.dir, 'sent.wav');
  await writeFile(path, bytes);
  const { fileId } = await uploadFile(stand.client, path);
  const isOfJob = ({ service, path: url }: Call) => service === 's3' && /\/(uploads|conversions)\//.test(url);
  proxy.inject({
    hits: (call) => isOfJob(call) && calls.push(call.operation) < 0,
    effect: { kind: 'refuse' },
  });
  for (const effect of effects) proxy.inject({ hits, effect, times: 1 });
  const { jobId } = await stand.client.jobs.submit({ fileId, format: 'wav' });
  await stand.client.jobs.waitForEnd(jobId, { timeoutMs: 60_000 });
  const job = await stand.platform.jobs.get(jobId);
  const { body } = await stand.platform.objects.open(job?.outputS3Location?.key ?? '');
  const result = Buffer.concat(await body.toArray());
  expect(job).toMatchObject({ status: 'completed', attempt: 1, retries: 0, crashes: 0, warnings: [] });
  expect(result.subarray(-1_000).equals(bytes.subarray(-1_000))).toBe(true);
  return { sizeBytes: result.length };
}
const isGet = ({ operation }: Call) => operation === 'GetObject';
const isPut = ({ step }: Call) => step === 'store';
const error: Effect = { kind: 'error', status: 503, code: 'SlowDown' };

test.each([0, 2])('a source %i bytes longer than a small one comes over as it is', async (more) => {
  const bytes = await source(SMALL_FILE_BYTES + more);
  expect(bytes.length).toBe(SMALL_FILE_BYTES + more);
  await converted(bytes);
  expect(calls).toEqual(['GetObject', 'PutObject']);
});

test.each<[string, Effect]>([
  ['breaks off in the middle', { kind: 'cut', afterBytes: 50_000 }],
  ['comes with a bit that is wrong', { kind: 'flip' }],
  ['is not given at first', error],
])('a source that %s is fetched once more', async (_, effect) => {
  await converted(await source(100_044), isGet, effect);
  expect(calls).toEqual(['GetObject', 'GetObject', 'PutObject']);
});

test.each<[string, Effect]>([
  ['is refused', error],
  ['meets a connection that breaks', { kind: 'reset' }],
  ['is stored, but that is not heard', { kind: 'lose-reply' }],
])('a result that %s is sent once more', async (_, effect) => {
  await converted(await source(100_044), isPut, effect);
  expect(calls).toEqual(['GetObject', 'PutObject', 'PutObject']);
});
