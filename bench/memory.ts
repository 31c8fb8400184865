/** `memory`: peak resident memory of the worker's and the API's Node process for small, large and huge files. */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { uploadedSchema } from '@wavefleet/contracts/http.ts';
import { type Figure, figureOf } from './figures.ts';
import { partsOf } from './parts.ts';
import { peakMemoryMb } from './processes.ts';
import { withFleet } from './scratch-fleet.ts';

const ROUNDS = 3;
const sizes = [
  { name: '1MB', bytes: 1e6 },
  { name: '100MB', bytes: 1e8 },
  { name: '1GiB', bytes: 1024 ** 3 },
  { name: '5GiB', bytes: 5 * 1024 ** 3 },
];

/** A fresh fleet per size and round: peak memory never goes down again. @param only the name of one size. */
export async function benchMemory(only?: string, rounds = ROUNDS): Promise<Figure[]> {
  const figures: Figure[] = [];
  const chosen = partsOf('memory', sizes, ({ name }) => name, only);
  for (const { name, bytes } of chosen) {
    const worker: number[] = [];
    const api: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const peaks = await peaksFor(bytes);
      worker.push(peaks.worker);
      api.push(peaks.api);
    }
    figures.push(
      figureOf(`memory.worker.${name}`, 'MB', worker, 'peak RSS of the worker’s Node process, WAV to FLAC'),
      figureOf(`memory.api.${name}`, 'MB', api, 'peak RSS of the API’s process, raw upload'),
    );
  }
  return figures;
}

async function peaksFor(bytes: number): Promise<{ worker: number; api: number }> {
  return await withFleet({ workers: 1 }, async ({ fleet, client, dir }) => {
    const input = join(dir, 'input.wav');
    await writeWav(input, bytes);
    const fileId = await upload(fleet.apiUrl, input);
    const { jobId } = await client.jobs.submit({ fileId, format: 'flac' });
    const { status } = await client.jobs.waitForEnd(jobId, { timeoutMs: 1_500_000, everyMs: 250 });
    if (status !== 'completed') throw new Error(`the job is ${status}`);
    return { worker: peakMemoryMb(fleet.workers[0]?.pid ?? 0), api: peakMemoryMb(fleet.api.pid) };
  });
}

/** Raw body with its length, by node:http: fetch would buffer or chunk it. */
async function upload(apiUrl: string, path: string): Promise<string> {
  const { size } = await stat(path);
  const outgoing = request(`${apiUrl}/api/upload-audio`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', 'content-length': size },
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve).once('error', reject);
  });
  await pipeline(createReadStream(path), outgoing);
  return uploadedSchema.parse(await json(await answered)).fileId;
}

/** A stereo 44.1 kHz WAV of exactly that size: one second of noise, over and over. */
async function writeWav(path: string, bytes: number): Promise<void> {
  const header = bytes > 0xffff_ffff ? longHeader(bytes) : shortHeader(bytes);
  const second = Buffer.alloc(176_400);
  for (let at = 0; at < second.length; at += 2) {
    second.writeInt16LE(Math.round((Math.random() - 0.5) * 8_000), at);
  }
  const file = await open(path, 'w');
  try {
    await file.write(header);
    for (let left = bytes - header.length; left > 0; left -= second.length) {
      await file.write(second, 0, Math.min(left, second.length));
    }
  } finally {
    await file.close();
  }
}

function shortHeader(bytes: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(bytes - 8, 4);
  header.write('WAVE', 8);
  writeFormat(header, 12);
  header.write('data', 36);
  header.writeUInt32LE(bytes - 44, 40);
  return header;
}

/** RF64, of more than 4 GiB (EBU Tech 3306). */
function longHeader(bytes: number): Buffer {
  const header = Buffer.alloc(80);
  header.write('RF64', 0);
  header.writeUInt32LE(0xffff_ffff, 4);
  header.write('WAVEds64', 8);
  header.writeUInt32LE(28, 16);
  header.writeBigUInt64LE(BigInt(bytes - 8), 20);
  header.writeBigUInt64LE(BigInt(bytes - 80), 28);
  header.writeBigUInt64LE(BigInt(Math.floor((bytes - 80) / 4)), 36);
  writeFormat(header, 48);
  header.write('data', 72);
  header.writeUInt32LE(0xffff_ffff, 76);
  return header;
}

function writeFormat(header: Buffer, at: number): void {
  header.write('fmt ', at);
  header.writeUInt32LE(16, at + 4);
  header.writeUInt16LE(1, at + 8);
  header.writeUInt16LE(2, at + 10);
  header.writeUInt32LE(44_100, at + 12);
  header.writeUInt32LE(176_400, at + 16);
  header.writeUInt16LE(4, at + 20);
  header.writeUInt16LE(16, at + 22);
}
