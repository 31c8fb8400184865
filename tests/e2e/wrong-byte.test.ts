/** A source whose bytes change on their way to the worker, and one whose ETag does not tell them. */
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { uploadedSchema } from '@wavefleet/contracts/http.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Stand } from '../bring-up/stand.ts';
import type { Call } from '../faults/proxy/call.ts';
import { FaultProxy } from '../faults/proxy/fault-proxy.ts';

const MIB = 1024 ** 2;
let stand: Stand;
let s3: FaultProxy;
/** `GET` of every source. */
let fetched: string[];

beforeAll(async () => {
  stand = await Stand.start();
  s3 = new FaultProxy(stand.services.url);
  await stand.addWorker({ AWS_ENDPOINT_URL: await s3.door('worker') });
});
afterAll(async () => {
  await stand.stop();
  await s3.stop();
});
beforeEach(() => {
  s3.forget();
  fetched = [];
  s3.inject({ hits: (call) => isFetch(call) && fetched.push(call.path) < 0, effect: { kind: 'refuse' } });
});
const isFetch = ({ method, path }: Call) => method === 'GET' && /^\/[^/]+\/(uploads|drops)\//.test(path);

/** Noise of 16 bits in stereo: no two stretches of it are alike. */
function noise(bytes: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF');
  header.writeUInt32LE(36 + bytes, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(2, 22);
  header.writeUInt32LE(44_100, 24);
  header.writeUInt32LE(176_400, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(bytes, 40);
  const samples = new Int16Array(bytes / 2);
  for (let index = 0, state = 1; index < samples.length; index += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    samples[index] = (state >>> 16) - 32_768;
  }
  return Buffer.concat([header, Buffer.from(samples.buffer)]);
}

/** The samples of a WAV result: its end. */
async function samplesOf(jobId: string, bytes: number): Promise<Buffer> {
  const response = await stand.request(`/api/download?jobId=${jobId}`);
  return Buffer.from(await response.arrayBuffer()).subarray(-bytes);
}

test('a source with a wrong byte is fetched anew, and sounds as it should', async () => {
  const body = noise(400_000);
  const headers = { 'content-type': 'audio/wav', 'x-file-name': 'noise.wav' };
  const uploaded = await stand.request('/api/upload-audio', { method: 'POST', headers, body });
  const { fileId } = uploadedSchema.parse(await uploaded.json());
  const flipped = s3.inject({ hits: isFetch, effect: { kind: 'flip' }, times: 1 });

  const { jobId } = await stand.client.jobs.submit({ fileId, format: 'wav' });
  const job = await stand.client.jobs.waitForEnd(jobId, { timeoutMs: 40_000 });
  expect(job).toMatchObject({ status: 'completed', attempt: 1, warnings: [] });
  expect([flipped.struck.length, fetched.length]).toEqual([1, 2]);
  expect((await samplesOf(jobId, 400_000)).equals(body.subarray(44))).toBe(true);
});

test('a source in parts of another size has an ETag that cannot be compared: the same bytes twice are right', async () => {
  const body = noise(9 * MIB);
  const { aws, objects } = stand.platform;
  const at = { Bucket: objects.bucket, Key: 'drops/wav-16/parts.wav' };
  const { UploadId } = await aws.s3.send(new CreateMultipartUploadCommand(at));
  const Parts = [];
  for (const [index, part] of [body.subarray(0, 5 * MIB), body.subarray(5 * MIB)].entries()) {
    const PartNumber = index + 1;
    const { ETag } = await aws.s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body: part }));
    Parts.push({ ETag, PartNumber });
  }
  await aws.s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));

  const job = await until('its job has ended', async () => {
    const { jobs } = await stand.client.jobs.list();
    return jobs.find(({ fileName, status }) => fileName === 'parts.wav' && status === 'completed');
  });
  expect(job).toMatchObject({ attempt: 1, warnings: [] });
  // One look at its start before a job was made, and the source twice.
  expect(fetched).toHaveLength(3);
  expect((await samplesOf(job.jobId, 9 * MIB)).equals(body.subarray(44))).toBe(true);
});
