/** Sources that FFmpeg reads as they come from S3: the same results, on disks that have no room for the source. */
import { randomBytes, randomUUID } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { saveResult, uploadFile } from '@wavefleet/client/files-on-disk.ts';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import { ANONYMOUS_OWNER, type Job } from '@wavefleet/contracts/job.ts';
import type { ConversionOptions } from '@wavefleet/contracts/request.ts';
import type { Stage } from '@wavefleet/contracts/stages.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { submitJob } from '@wavefleet/platform/jobs/submit.ts';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ffmpegsIn, filesBelow } from '../bring-up/observers.ts';
import type { Effect } from '../bring-up/proxy/fault.ts';
import { FaultProxy } from '../bring-up/proxy/fault-proxy.ts';
import { cannotMount, mountSmallDisk, type SmallDisk } from '../bring-up/small-disk.ts';
import { Stand, unhurried } from '../bring-up/stand.ts';

const MIB = 1024 ** 2;
/** Where the beginning ends that every streamed source has on the disk. */
const HEAD_BYTES = 6 * MIB;
const RATE_HZ = 44_100;

let stand: Stand;
let s3: FaultProxy;
let work: string;
/** Awaited before each stage. */
let onStage: (stage: Stage, jobId: string) => Promise<void> = async () => undefined;
const tags = { title: 'Straße', artist: 'A & B' };

beforeAll(async () => {
  stand = await Stand.start({
    onStage: (stage, jobId) => onStage(stage, jobId),
    env: unhurried,
  });
  s3 = new FaultProxy(stand.services.url);
  work = (await stand.addWorker({ AWS_ENDPOINT_URL: await s3.door('worker') })).workDir;
});
afterAll(async () => {
  await stand?.stop();
  await s3?.stop();
});
beforeEach(() => {
  s3.forget();
  onStage = async () => undefined;
});

/** Noise, which nothing makes small, some dB below full scale. */
function noise(seconds: number): Buffer {
  const bytes = randomBytes(seconds * RATE_HZ * 4);
  const samples = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  for (let at = 0; at < samples.length; at += 1) samples[at] = (samples[at] ?? 0) >> 2;
  return bytes;
}

/** Makes a source, or finds it. */
async function source(name: string, seconds: number, codec: string[] = []): Promise<string> {
  const path = join(stand.dir, name);
  const made = await stat(path).catch(async () => {
    const tagged = Object.entries(tags).flatMap(([tag, text]) => ['-metadata', `${tag}=${text}`]);
    const raw = ['-f', 's16le', '-ar', String(RATE_HZ), '-ac', '2', '-i', 'pipe:0'];
    await execa('ffmpeg', ['-v', 'error', ...raw, ...tagged, ...codec, path], { input: noise(seconds) });
    return await stat(path);
  });
  expect(made.size).toBeGreaterThan(HEAD_BYTES + MIB);
  return path;
}
const wav = () => source('source.wav', 60);

async function submit(path: string, format: FormatName, options: ConversionOptions): Promise<string> {
  const { fileId } = await uploadFile(stand.client, path);
  return (await stand.client.jobs.submit({ fileId, format, options })).jobId;
}

/** The sound of the result, sample by sample. */
async function samplesOf(jobId: string): Promise<string> {
  const path = join(stand.dir, jobId);
  await saveResult(stand.client, jobId, path);
  return (await execa('ffmpeg', ['-v', 'error', '-i', path, '-map', '0:a', '-f', 'md5', '-'])).stdout;
}

/** A machine may be busy with other things. */
const ended = (jobId: string) => stand.client.jobs.waitForEnd(jobId, { timeoutMs: 300_000 });

async function converted(path: string, format: FormatName, options: ConversionOptions = {}) {
  const jobId = await submit(path, format, options);
  const job = await ended(jobId);
  expect(job.error).toBeUndefined();
  return { job, samples: await samplesOf(jobId) };
}

/** The same order, once by files and once as a stream. */
async function bothWays(path: string, format: FormatName, options: ConversionOptions = {}) {
  const files = await converted(path, format, { ...options, pipeline: 'files' });
  const stream = await converted(path, format, { ...options, pipeline: 'stream' });
  return { files, stream };
}
const codes = ({ warnings }: Pick<Job, 'warnings'>) => warnings.map(({ code }) => code);

/** Bytes that the source takes of the disk while its result is looked at, by job. */
function watchDisk(): Map<string, number> {
  const seen = new Map<string, number>();
  onStage = async (stage, jobId) => {
    if (stage !== 'verify') return;
    const folder = (await readdir(work)).find((name) => name.startsWith(jobId));
    const { blocks } = await stat(join(work, folder ?? '', 'in'));
    seen.set(jobId, blocks * 512);
  };
  return seen;
}

/** From now on what is asked of the upload behind its two ends goes wrong, so many times. */
function rest(effect: Effect, times: number) {
  let gets = 0;
  return s3.inject({
    hits: ({ operation, path }) => operation === 'GetObject' && path.includes('/uploads/') && ++gets > 2,
    effect,
    times,
  });
}

test.each<[name: string, seconds: number, codec: string[], format: FormatName, options: ConversionOptions]>([
  ['source.wav', 60, [], 'opus', {}],
  ['source.wav', 60, [], 'mp3', { trimStart: 1.5, trimEnd: 40 }],
  ['deep.aiff', 60, ['-c:a', 'pcm_s24be'], 'flac', {}],
  ['source.flac', 60, [], 'm4a', { speed: 2 }],
  ['source.flac', 60, [], 'wav', { channels: 1 }],
  ['source.ogg', 60, ['-c:a', 'flac'], 'ogg', { sampleRate: 32_000 }],
])(
  '%s of %i s, made both ways: one result, and no more than the ends on the disk',
  async (name, seconds, codec, format, options) => {
    const disk = watchDisk();
    const { files, stream } = await bothWays(await source(name, seconds, codec), format, options);
    expect(stream.samples).toBe(files.samples);
    expect(stream.job.input).toEqual(files.job.input);
    expect(codes(stream.job)).toEqual(codes(files.job));
    const { durationSeconds, sampleRate, channels } = files.job.output ?? {};
    expect(stream.job.output).toMatchObject({ durationSeconds, sampleRate, channels });
    expect(disk.get(files.job.jobId)).toBeGreaterThanOrEqual(files.job.input ? HEAD_BYTES + MIB : 0);
    expect(disk.get(stream.job.jobId)).toBeLessThan(HEAD_BYTES + MIB);
    await until('nothing is left', async () => (await filesBelow(work)).length === 0);
  },
);

test('tags and cover come along, and what browsers cannot play has a preview', async () => {
  const picture = join(stand.dir, 'cover.png');
  await execa('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'color=red:s=64x64', '-frames:v', '1', picture]);
  const plain = await source('source.flac', 60);
  const path = join(stand.dir, 'covered.flac');
  const both = ['-i', plain, '-i', picture, '-map', '0', '-map', '1', '-disposition:v', 'attached_pic'];
  await execa('ffmpeg', ['-v', 'error', '-y', ...both, '-c', 'copy', path]);
  const { files, stream } = await bothWays(path, 'aiff');
  expect(codes(stream.job)).toEqual([]);
  expect(stream.job.input).toMatchObject({ hasCover: true, tags });
  expect(stream.samples).toBe(files.samples);
  const bytesOf = async ({ job }: typeof files) => await readFile(join(stand.dir, job.jobId));
  expect((await bytesOf(stream)).equals(await bytesOf(files))).toBe(true);
  const { jobId } = stream.job;
  await until(
    'there is a preview',
    async () => {
      const { previews } = (await stand.platform.transitions.look(jobId)) ?? {};
      return previews?.result !== undefined && previews.source === undefined;
    },
    120_000,
  );
});

describe('S3', () => {
  test('breaks off in the middle, three times: the same FFmpeg goes on, and the result is the same', async () => {
    const files = await converted(await wav(), 'opus', { pipeline: 'files' });
    const fault = rest({ kind: 'cut', afterBytes: MIB }, 3);
    const stream = await converted(await wav(), 'opus', { pipeline: 'stream' });
    expect(fault.struck).toHaveLength(3);
    expect(codes(stream.job)).toEqual([]);
    expect(stream.samples).toBe(files.samples);
    expect(stream.job.attempt).toBe(1);
  });

  test('gives other bytes than it has: the source is fetched as a file, and the job says so', async () => {
    const files = await converted(await wav(), 'opus', { pipeline: 'files' });
    const fault = rest({ kind: 'flip' }, 1);
    const stream = await converted(await wav(), 'opus', { pipeline: 'stream' });
    expect(fault.struck).toHaveLength(1);
    expect(stream.job.warnings).toEqual([
      {
        code: 'NOT_STREAMED',
        message:
          'The source was downloaded completely before it was converted: what arrived differed from the stored file.',
      },
    ]);
    expect(stream.samples).toBe(files.samples);
  });

  test('gives it an ETag that is no sum, as of parts of another size: the same bytes twice are the source', async () => {
    const { parts, objects } = stand.platform;
    const bytes = await readFile(await wav());
    const jobId = randomUUID();
    const key = `uploads/${jobId}`;
    const upload = { key, multipartId: await parts.begin(key, 'audio/wav') };
    const { signal } = new AbortController();
    const sent = await Promise.all(
      [bytes.subarray(0, 5 * MIB), bytes.subarray(5 * MIB)].map(async (part, index) => {
        const facts = { partNumber: index + 1, sizeBytes: part.length };
        return { ...facts, etag: await parts.put(upload, facts, part, signal) };
      }),
    );
    const input = {
      bucket: objects.bucket,
      key,
      sizeBytes: bytes.length,
      etag: await parts.complete(upload, sent),
    };
    await submitJob(stand.platform, {
      ...{ jobId, ownerId: ANONYMOUS_OWNER, source: { kind: 'upload', fileId: randomUUID() }, input },
      ...{ fileName: 'source.wav', format: 'opus', options: { pipeline: 'stream' } },
    });
    const job = await stand.platform.transitions.look(jobId);
    expect(job?.needs).toBe(4);
    await until(
      'it has ended',
      async () => {
        const { status, warnings } = (await stand.platform.transitions.look(jobId)) ?? {};
        return status === 'completed' && warnings?.length === 0;
      },
      120_000,
    );
  });

  test('fails for good: the job waits for better times, and is done then', async () => {
    const fault = rest({ kind: 'error', status: 503, code: 'SlowDown' }, 1_000);
    const jobId = await submit(await wav(), 'opus', { pipeline: 'stream' });
    await until(
      'it waits',
      async () => ((await stand.platform.transitions.look(jobId))?.troubledSince ?? 0) > 0,
      60_000,
    );
    fault.end();
    const job = await ended(jobId);
    expect(job).toMatchObject({ status: 'completed', warnings: [] });
    expect((await stand.platform.transitions.look(jobId))?.retries).toBe(0);
  });

  test('has another object there by now: the job fails as it does with files', async () => {
    onStage = async (stage, jobId) => {
      if (stage !== 'convert') return;
      const { inputS3Location } = (await stand.platform.transitions.look(jobId)) ?? {};
      await stand.platform.objects.putBytes(inputS3Location?.key ?? '', randomBytes(8 * MIB), 'audio/wav');
    };
    const jobId = await submit(await wav(), 'opus', { pipeline: 'stream' });
    const job = await ended(jobId);
    expect(job.error?.code).toBe('INPUT_CHANGED');
    expect(job.attempt).toBe(1);
  });
});

describe('what does not do as a stream is done by files, and the job says why', () => {
  test.each<[why: string, name: string, codec: string[], options: ConversionOptions, message: RegExp]>([
    ['order', 'source.wav', [], { loudness: { target: -16 } }, /more than one pass/],
    ['order', 'source.wav', [], { fadeOut: 2 }, /more than one pass/],
    ['container', 'source.mp3', ['-b:a', '320k'], {}, /this kind of file/],
    ['container', 'source.m4a', ['-c:a', 'alac'], {}, /this kind of file/],
  ])('%s: %s', async (_, name, codec, options, message) => {
    const path = await source(name, name.endsWith('mp3') ? 190 : 60, codec);
    const { files, stream } = await bothWays(path, 'ogg', options);
    expect(codes(stream.job)).toEqual(['NOT_STREAMED', ...codes(files.job)]);
    expect(stream.job.warnings[0]?.message).toMatch(message);
    expect(stream.samples).toBe(files.samples);
  });

  test('damage in the middle, a header that promises more, and tags behind more than the end', async () => {
    const bytes = await readFile(await source('source.flac', 60));
    bytes.fill(0x55, 7 * MIB, 7 * MIB + 5_000);
    await writeFile(join(stand.dir, 'damaged.flac'), bytes);
    const damaged = await bothWays(join(stand.dir, 'damaged.flac'), 'opus');
    expect(codes(damaged.stream.job)).toEqual(['NOT_STREAMED', ...codes(damaged.files.job)]);
    expect(codes(damaged.stream.job)).toContain('DECODE_ERRORS');
    expect(damaged.stream.samples).toBe(damaged.files.samples);

    const whole = await readFile(await wav());
    await writeFile(join(stand.dir, 'cut.wav'), whole.subarray(0, 8 * MIB));
    const cut = await bothWays(join(stand.dir, 'cut.wav'), 'opus');
    expect(codes(cut.stream.job)).toEqual(['NOT_STREAMED', 'INPUT_TRUNCATED']);
    expect(cut.stream.samples).toBe(cut.files.samples);

    const text = Buffer.alloc(MIB, 'x');
    const size = Buffer.alloc(4);
    size.writeUInt32LE(text.length);
    await writeFile(
      join(stand.dir, 'behind.wav'),
      Buffer.concat([whole, Buffer.from('junk'), size, text, whole.subarray(12, 36)]),
    );
    const behind = await bothWays(join(stand.dir, 'behind.wav'), 'opus');
    expect(codes(behind.stream.job)).toEqual(['NOT_STREAMED', ...codes(behind.files.job)]);
    expect(behind.stream.job.warnings[0]?.message).toMatch(/at its beginning or end/);
  });
});

test('cancelled in the middle: FFmpeg and folder are gone, and nothing more is asked of S3', async () => {
  const held = Promise.withResolvers<void>();
  const fault = rest({ kind: 'hold', when: 'before', until: held.promise }, 1);
  const jobId = await submit(await wav(), 'opus', { pipeline: 'stream' });
  await fault.nth(1);
  await until('FFmpeg runs', async () => (await ffmpegsIn(work)).length > 0);
  await stand.client.jobs.remove(jobId);
  await until('FFmpeg is gone', async () => (await ffmpegsIn(work)).length === 0);
  await until('its folder is gone', async () => (await filesBelow(work)).length === 0);
  held.resolve();
  expect((await stand.client.jobs.get(jobId)).status).toBe('cancelled');
});

const obstacle = cannotMount();
const onSmallDisk = 'a worker whose disk has no room for the source';
describe.skipIf(obstacle !== undefined)(
  obstacle ? `${onSmallDisk} (skipped: ${obstacle})` : onSmallDisk,
  () => {
    let disk: SmallDisk;
    let small: { stop(): Promise<void> };
    beforeAll(async () => {
      await stand.stopWorkers();
      disk = await mountSmallDisk('12m');
      const noFloor = { FREE_DISK_WARN_BYTES: '0', FREE_DISK_REFUSE_BYTES: '0' };
      small = await stand.addWorker({ WORK_DIR: join(disk.dir, 'work'), ...noFloor });
    });
    afterAll(async () => {
      await small?.stop();
      await disk?.remove();
    });

    test('streams it unasked: 32 MB by way of 12', async () => {
      const path = await source('long.wav', 180);
      expect((await stat(path)).size).toBeGreaterThan(30 * MIB);
      const { job } = await converted(path, 'opus');
      expect(job.warnings).toEqual([]);
      expect(job.output?.durationSeconds).toBeCloseTo(180, 1);
    });

    test('does not where files were asked for: the job waits for a worker that has', async () => {
      const jobId = await submit(await source('long.wav', 180), 'opus', { pipeline: 'files' });
      await until(
        'it waits',
        async () => ((await stand.platform.transitions.look(jobId))?.troubledSince ?? 0) > 0,
      );
      await stand.client.jobs.remove(jobId);
    });
  },
);
