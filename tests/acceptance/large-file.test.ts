/** Files of the size that people bring, all the way through: whole, in time, and with no more memory than small ones. */
import { openAsBlob } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { Client } from '@wavefleet/client/client.ts';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';

const MB = 1e6;
/** Stereo, 16 bit, 48 kHz. */
const BYTES_PER_SECOND = 192_000;
const MINUTE_MS = 60_000;

let fleet: Fleet;
let client: Client;
/** Five seconds, of which longer files are made. */
let refrain: string;
/** Peak memory once a file has been through for which all buffers of streams are in use. */
let afterSmaller: Peaks;

beforeAll(async () => {
  fleet = await Fleet.start({ workers: 1 });
  client = fleet.client;
  refrain = fleet.file('refrain.wav');
  await makeSample(refrain, { seconds: 5, sampleRate: 48_000 });
  const smaller = await sample(50 * MB);
  await throughFfmpeg((await uploadFile(client, smaller)).fileId);
  afterSmaller = await peaks();
}, 2 * MINUTE_MS);
afterAll(() => fleet?.stop());

async function sample(sizeBytes: number): Promise<string> {
  const path = fleet.file(`${sizeBytes}.wav`);
  const seconds = String(Math.ceil(sizeBytes / BYTES_PER_SECOND));
  const quiet = ['-nostdin', '-v', 'error', '-y'];
  await execa('ffmpeg', [...quiet, '-stream_loop', '-1', '-i', refrain, '-t', seconds, '-c', 'copy', path]);
  expect((await stat(path)).size).toBeGreaterThanOrEqual(sizeBytes);
  return path;
}

/** Converts to WAV, so that what comes down is as large as what went up; answers what was promised and what came. */
async function throughFfmpeg(fileId: string): Promise<{ promisedBytes: number; receivedBytes: number }> {
  const { jobId } = await client.jobs.submit({ fileId, format: 'wav' });
  const { status, output } = await client.jobs.waitForEnd(jobId, { timeoutMs: 5 * MINUTE_MS });
  expect(status).toBe('completed');
  const { headers, body } = await client.results.download(jobId);
  const promisedBytes = Number(headers.get('content-length'));
  expect(promisedBytes).toBe(output?.sizeBytes);
  let receivedBytes = 0;
  for await (const chunk of body ?? []) receivedBytes += chunk.length;
  return { promisedBytes, receivedBytes };
}

interface Peaks {
  readonly api: number;
  readonly worker: number;
}

/** Peak resident memory of both Node processes since they began, in bytes (Linux). */
async function peaks(): Promise<Peaks> {
  const peakOf = async (pid: number) => {
    const [, kib] = /VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kib) * 1024;
  };
  return { api: await peakOf(fleet.api.pid), worker: await peakOf(fleet.workers[0]?.pid ?? 0) };
}

/** 200 MB, up in parts; once for all tests. */
let large: Promise<{ promisedBytes: number; receivedBytes: number; tookMs: number }> | undefined;
async function largeFile() {
  const path = await sample(200 * MB);
  const startedAtMs = performance.now();
  const blob = await openAsBlob(path);
  const { fileId, missing, partSizeBytes } = await client.uploads.begin({
    fileName: 'long.wav',
    sizeBytes: blob.size,
  });
  const { parts } = await client.uploads.partAddresses(fileId, missing);
  for (const { partNumber, url } of parts) {
    const from = (partNumber - 1) * partSizeBytes;
    await client.uploads.sendPart(url, blob.slice(from, from + partSizeBytes));
  }
  await client.uploads.complete(fileId);
  const came = await throughFfmpeg(fileId);
  return { ...came, tookMs: performance.now() - startedAtMs };
}

test(
  'T5.1, T9.2: 50 MB in one request come back with every byte that was promised',
  async () => {
    const { fileId, sizeBytes } = await uploadFile(client, await sample(50 * MB));
    expect(fileId).toMatch(/^[0-9a-f-]{36}$/);
    expect(sizeBytes).toBeGreaterThanOrEqual(50 * MB);
    const { promisedBytes, receivedBytes } = await throughFfmpeg(fileId);
    expect(promisedBytes).toBeGreaterThanOrEqual(50 * MB);
    expect(receivedBytes).toBe(promisedBytes);
  },
  5 * MINUTE_MS,
);

test(
  'T12.6, F27: 200 MB go up in parts, through FFmpeg and down again, whole and in time',
  async () => {
    large ??= largeFile();
    const { promisedBytes, receivedBytes, tookMs } = await large;
    expect(promisedBytes).toBeGreaterThanOrEqual(200 * MB);
    expect(receivedBytes).toBe(promisedBytes);
    expect(tookMs).toBeLessThan(5 * MINUTE_MS);
  },
  10 * MINUTE_MS,
);

test(
  'R1.8, F25: memory of API and worker does not grow with the file',
  async () => {
    large ??= largeFile();
    await large;
    const now = await peaks();
    // The file is 150 MB larger. What grows is what the garbage collector has not come to yet.
    for (const name of ['api', 'worker'] as const) {
      expect(now[name] - afterSmaller[name], name).toBeLessThan(60 * MB);
    }
  },
  10 * MINUTE_MS,
);
