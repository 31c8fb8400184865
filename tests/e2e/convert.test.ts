/** Conversions through API, queue and worker, measured as a listener would. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { saveResult, uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { type FormatName, formatNames, outputFormat } from '@wavefleet/contracts/formats.ts';
import { inputFormats } from '@wavefleet/contracts/input-formats.ts';
import { measureAudio } from '@wavefleet/localstack/demo/audio-check.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { zeros } from '../bring-up/not-audio.ts';
import { filesBelow } from '../bring-up/observers.ts';
import { Stand } from '../bring-up/stand.ts';

let stand: Stand;
let work: string;

beforeAll(async () => {
  stand = await Stand.start();
  work = (await stand.addWorker({ WORKER_CONCURRENCY: '2' })).workDir;
});
afterAll(() => stand?.stop());

const TAGS = { title: 'Straße', artist: 'A & B', album: 'First' };

/** Every kind of input of the format list: ending, codec arguments, and what it can hold. */
const inputs: [
  name: string,
  ending: string,
  codec: string[],
  more?: { sampleRate?: number; channels?: 1 | 2 | 6 },
][] = [
  ['wav', 'wav', []],
  ['wav at 192 kHz', 'wav', ['-c:a', 'pcm_s24le'], { sampleRate: 192_000 }],
  ['wav at 8 kHz mono', 'wav', [], { sampleRate: 8_000, channels: 1 }],
  ['wav 5.1', 'wav', [], { channels: 6, sampleRate: 48_000 }],
  ['mp3', 'mp3', []],
  ['m4a AAC, moov at the end', 'm4a', ['-c:a', 'aac']],
  ['m4a AAC, moov in front', 'm4a', ['-c:a', 'aac', '-movflags', '+faststart']],
  ['m4a ALAC', 'm4a', ['-c:a', 'alac']],
  ['flac', 'flac', []],
  ['ogg vorbis', 'ogg', ['-c:a', 'libvorbis']],
  ['opus', 'opus', ['-c:a', 'libopus'], { sampleRate: 48_000 }],
  ['aiff', 'aiff', []],
  ['wma', 'wma', []],
  ['webm', 'webm', ['-c:a', 'libopus'], { sampleRate: 48_000 }],
];

async function convertAndMeasure(path: string, format: FormatName, more: Record<string, unknown> = {}) {
  const { fileId } = await uploadFile(stand.client, path);
  const { jobId } = await stand.client.jobs.submit({ fileId, format, ...more });
  const job = await stand.client.jobs.waitForEnd(jobId);
  expect(job.error).toBeUndefined();
  const out = join(stand.dir, `${jobId}.${outputFormat(format).extension}`);
  await saveResult(stand.client, jobId, out);
  return { job, audio: await measureAudio(out) };
}

test.each(inputs)(
  '%s becomes one of the formats, with the sound intact',
  async (name, ending, codec, more = {}) => {
    const dir = join(stand.dir, name.replaceAll(/\W/g, '-'));
    await mkdir(dir);
    const path = join(dir, `in.${ending}`);
    await makeSample(path, { seconds: 2, codec, ...more });
    const source = await measureAudio(path);
    // Every format has its turn over the whole list, WAV that of the MP3; what FFmpeg makes of which pair is the matter of the
    // FFmpeg tests (audio/src/matrix.test.ts).
    const turn =
      inputs.findIndex(([each]) => each === name) +
      formatNames.indexOf('wav') -
      inputs.findIndex(([each]) => each === 'mp3');
    const formats = formatNames.filter((_, index) => (index - turn) % inputs.length === 0);
    const results = await Promise.all(
      formats.map(async (format) => ({ format, ...(await convertAndMeasure(path, format)) })),
    );
    for (const { format, job, audio } of results) {
      expect(audio.codec.startsWith(outputFormat(format).codec), format).toBe(true);
      const tolerance = 0.05 + outputFormat(format).undeclaredSamples / audio.sampleRate;
      expect(Math.abs(audio.durationSeconds - source.durationSeconds), format).toBeLessThan(tolerance);
      // Our stereo of a 5.1 source and FFmpeg's mono of it weigh the channels differently.
      const levelTolerance = (more.channels ?? 2) > 2 ? 9 : 2.5;
      expect(Math.abs(audio.levelDb - source.levelDb), `${format} level`).toBeLessThan(levelTolerance);
      expect(audio.sampleRate, format).toBe(job.output?.sampleRate);
      expect(audio.channels, format).toBe(job.output?.channels);
      expect(job.input?.channels).toBe(more.channels ?? 2);
    }
  },
);

test('the sound of a video becomes audio', async () => {
  const path = join(stand.dir, 'film.mp4');
  await execa('ffmpeg', [
    ...[
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      'testsrc=d=2:s=64x64',
      '-f',
      'lavfi',
      '-i',
      'sine=d=2',
      '-shortest',
      path,
    ],
  ]);
  const { job, audio } = await convertAndMeasure(path, 'mp3');
  expect(audio).toMatchObject({ codec: 'mp3', hasCover: false });
  expect(Math.abs(audio.durationSeconds - 2)).toBeLessThan(0.05);
  expect(job.input?.streams).toBe(2);
});

test('tags and cover survive where the container can hold them; what is lost is said', async () => {
  const picture = join(stand.dir, 'cover.png');
  await execa('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'color=red:s=64x64', '-frames:v', '1', picture]);
  const plain = join(stand.dir, 'plain.flac');
  await makeSample(plain, { seconds: 1, tags: TAGS });
  const path = join(stand.dir, 'covered.flac');
  await execa('ffmpeg', [
    ...['-v', 'error', '-i', plain, '-i', picture, '-map', '0:a', '-map', '1:v', '-c', 'copy'],
    ...['-disposition:v', 'attached_pic', path],
  ]);
  // One of each kind; every format is held to it in audio/src/companions/cover.test.ts.
  const formats: readonly FormatName[] = ['mp3', 'm4a', 'ogg', 'flac', 'wav', 'aac'];
  const results = await Promise.all(
    formats.map(async (format) => ({ format, ...(await convertAndMeasure(path, format)) })),
  );
  for (const { format, job, audio } of results) {
    const { cover, tags } = outputFormat(format);
    expect(audio.hasCover, `${format} cover`).toBe(cover);
    expect(
      job.warnings.some(({ code }) => code === 'COVER_DROPPED'),
      `${format} warning`,
    ).toBe(!cover);
    if (tags !== 'few') expect(audio.tags, `${format} tags`).toMatchObject(TAGS);
  }
  expect(results.at(-1)?.job.warnings).toContainEqual({
    code: 'TAGS_LOST',
    message: 'This format could not hold these tags: album, artist, title.',
  });
});

test('options do what they say: trim, rate, channels, quality', async () => {
  const path = join(stand.dir, 'options.wav');
  await makeSample(path, { seconds: 4 });
  const { job, audio } = await convertAndMeasure(path, 'ogg', {
    quality: 'q2',
    options: { trimStart: 1, trimEnd: 2.5, sampleRate: 22_050, channels: 1, tags: false },
  });
  expect(audio).toMatchObject({ codec: 'vorbis', sampleRate: 22_050, channels: 1 });
  expect(Math.abs(audio.durationSeconds - 1.5)).toBeLessThan(0.05);
  expect(job.warnings).toEqual([]);
  const loud = await convertAndMeasure(path, 'flac', { quality: '320k' });
  expect(loud.job.warnings.map(({ code }) => code)).toEqual(['QUALITY_IGNORED']);
});

test('a loudness is reached, and what was measured is on the record, in the view and in the event', async () => {
  const path = join(stand.dir, 'loud.wav');
  await makeSample(path, { seconds: 6 });
  const { job } = await convertAndMeasure(path, 'mp3', { options: { loudness: { target: -20 } } });
  const { before, after, method } = job.loudness ?? expect.fail();
  expect(Math.abs((after.integratedLufs ?? 0) + 20)).toBeLessThanOrEqual(0.5);
  expect(after.truePeakDbtp).toBeLessThanOrEqual(-1);
  expect([before.integratedLufs, before.truePeakDbtp, after.rangeLu]).toEqual(
    Array(3).fill(expect.any(Number)),
  );
  expect(method).not.toBe('none');
  const told = await until('the event', async () => {
    await stand.events.drain();
    return stand.events.of(job.jobId).find(({ kind }) => kind === 'completed');
  });
  expect(told.loudness).toEqual(job.loudness);
});

test('a truncated file is converted as far as it goes, with a warning; strictly, it fails', async () => {
  const whole = join(stand.dir, 'whole.wav');
  await makeSample(whole, { seconds: 4 });
  const path = join(stand.dir, 'half.wav');
  const bytes = await readFile(whole);
  await writeFile(path, bytes.subarray(0, bytes.length / 2));
  const { job } = await convertAndMeasure(path, 'mp3');
  expect(job.output?.durationSeconds).toBeCloseTo(2, 1);
  expect(job.warnings.map(({ code }) => code)).toContain('INPUT_TRUNCATED');

  const { fileId } = await uploadFile(stand.client, path);
  const { jobId } = await stand.client.jobs.submit({ fileId, format: 'mp3', options: { strict: true } });
  const failed = await stand.client.jobs.waitForEnd(jobId);
  expect(failed).toMatchObject({ status: 'failed', error: { code: 'CORRUPT_INPUT', retryable: false } });
});

test('a file of zeros called song.mp3 fails within 2 s, with a plain sentence and what is taken', async () => {
  const path = join(stand.dir, 'song.mp3');
  await writeFile(path, zeros);
  const { fileId } = await uploadFile(stand.client, path);
  const startedAtMs = performance.now();
  const { jobId } = await stand.client.jobs.submit({ fileId, format: 'wav' });
  const job = await stand.client.jobs.waitForEnd(jobId);
  expect(performance.now() - startedAtMs).toBeLessThan(2_000);
  expect(job).toMatchObject({
    status: 'failed',
    attempt: 1,
    error: {
      code: 'UNRECOGNISED_FORMAT',
      retryable: false,
      message: 'This is not an audio or video file that we recognise.',
      detail: { supportedInputs: inputFormats },
    },
  });
  expect((await stand.client.progress.get(jobId)).progress).toBe(-1);
  const refused = await stand.client.results.download(jobId).catch((error: unknown) => error);
  expect(refused).toMatchObject({ status: 409, code: 'JOB_FAILED' });
});

test('a failed job can be run again as a new job that names the old one', async () => {
  const { jobs } = await stand.client.jobs.list({ status: 'failed', limit: 1 });
  const old = jobs[0]?.jobId ?? '';
  const answer = await fetch(`${stand.client.baseUrl}/api/jobs/${old}/retry`, { method: 'POST' });
  expect(answer.status).toBe(202);
  const { jobId } = (await answer.json()) as { jobId: string };
  expect(await stand.client.jobs.waitForEnd(jobId)).toMatchObject({ status: 'failed', retryOf: old });
});

test('the worker leaves no file behind', async () => {
  await until('an empty work folder', async () => (await filesBelow(work)).length === 0);
});
