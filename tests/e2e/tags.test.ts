/** Tags of strangers through API, record, queue and worker. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { saveResult, uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { Problem } from '@wavefleet/client/problem.ts';
import { measureAudio } from '@wavefleet/localstack/demo/audio-check.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { execa } from 'execa';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stand } from '../bring-up/stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await Stand.start();
  await stand.addWorker();
});
afterAll(() => stand?.stop());

type Chapter = readonly [title: string, start: number, end: number];
/** Of ten seconds; the first one begins after two. */
const THREE: readonly Chapter[] = [
  ['Größe: 1/2', 2, 4],
  ['', 4, 8],
  ['End', 8, 10],
];

/** A book that ends with the last of its chapters. */
async function book(parts: readonly Chapter[]): Promise<string> {
  const chapters = parts.map(
    ([title, start, end]) => `[CHAPTER]\nTIMEBASE=1/1\nSTART=${start}\nEND=${end}\ntitle=${title}\n`,
  );
  const text = join(stand.dir, 'book.txt');
  await writeFile(text, `;FFMETADATA1\ntitle=Book\nartist=Ana\n${chapters.join('')}`);
  const path = join(stand.dir, 'book.mka');
  const sound = [
    '-f',
    'lavfi',
    '-i',
    `sine=r=48000:d=${parts.at(-1)?.[2]}`,
    '-i',
    text,
    '-map_metadata',
    '1',
  ];
  await execa('ffmpeg', ['-v', 'error', '-y', ...sound, '-c:a', 'pcm_s16le', path]);
  return path;
}

/** A picture of that colour, as FFmpeg makes it. */
async function picture(colour: string, ending: 'png' | 'jpg'): Promise<string> {
  const path = join(stand.dir, `${colour}.${ending}`);
  const source = ['-f', 'lavfi', '-i', `color=${colour}:s=64x48`, '-frames:v', '1'];
  await execa('ffmpeg', ['-v', 'error', '-y', ...source, path]);
  return path;
}

/** The cover of a file, byte for byte. */
async function coverIn(path: string): Promise<Buffer> {
  const copy = ['-map', '0:v', '-c', 'copy', '-f', 'image2pipe', 'pipe:1'];
  const { stdout } = await execa('ffmpeg', ['-v', 'error', '-i', path, ...copy], { encoding: 'buffer' });
  return Buffer.from(stdout);
}

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'accepted',
    (error: unknown) => (error instanceof Problem ? error.code : error),
  );

/** Converts a file, waits for it, and looks at the result. */
async function converted(
  path: string,
  order: { format: 'flac' | 'ogg' | 'wav'; options?: Record<string, unknown> },
) {
  const { fileId } = await uploadFile(stand.client, path);
  const { jobId } = await stand.client.jobs.submit({ fileId, ...order });
  const job = await stand.client.jobs.waitForEnd(jobId);
  expect(job.error).toBeUndefined();
  const out = join(stand.dir, `${jobId}.${order.format}`);
  await saveResult(stand.client, jobId, out);
  return { job, out, audio: await measureAudio(out) };
}

test('a tag may be named as a property that every object has', async () => {
  const path = join(stand.dir, 'named.flac');
  const tags = { constructor: 'y', hasownproperty: 'z', tostring: 't', title: 'T' };
  await makeSample(path, { seconds: 1, tags });
  const { job, audio } = await converted(path, { format: 'ogg' });
  expect(job).toMatchObject({ attempt: 1, warnings: [] });
  expect({ ...job.input?.tags }).toEqual(tags);
  expect(audio.tags).toMatchObject(tags);
});

test('tags are set and removed on the way, and several values arrive as several', async () => {
  const path = join(stand.dir, 'edited.flac');
  await makeSample(path, { seconds: 1, tags: { title: 'T', artist: 'Old', comment: 'C' } });
  const options = { removeTags: ['comment'], setTags: { artist: ['Ana', 'Ben'], constructor: 'z' } };
  const { job, audio } = await converted(path, { format: 'flac', options });
  expect(job).toMatchObject({ options, warnings: [] });
  expect(audio.tags).toMatchObject({ title: 'T', artist: 'Ana;Ben', constructor: 'z' });
  expect(Object.hasOwn(audio.tags, 'comment')).toBe(false);
});

test('an uploaded picture becomes the cover of as many results as ask for it', async () => {
  const { uploads, jobs } = stand.client;
  const [green, red] = [await picture('green', 'jpg'), await picture('red', 'png')];
  const plain = join(stand.dir, 'plain.flac');
  await makeSample(plain, { seconds: 1 });
  const covered = join(stand.dir, 'covered.flac');
  const attach = ['-map', '0:a', '-map', '1:v', '-c', 'copy', '-disposition:v', 'attached_pic'];
  await execa('ffmpeg', ['-v', 'error', '-i', plain, '-i', red, ...attach, covered]);
  const { fileId: setCover } = await uploads.sendCover(new Blob([await readFile(green)]));

  for (const path of [plain, covered]) {
    const { job, out } = await converted(path, { format: 'flac', options: { setCover } });
    expect(job.warnings).toEqual([]);
    expect((await coverIn(out)).equals(await readFile(green)), path).toBe(true);
    // The cover outlives the job that used it.
    await jobs.cleanUp(job.jobId);
  }
  const { job } = await converted(plain, { format: 'wav', options: { setCover } });
  expect(job.warnings.map(({ code }) => code)).toEqual(['COVER_DROPPED']);

  const { fileId } = await uploadFile(stand.client, plain);
  const order = { fileId, format: 'flac' } as const;
  expect(await codeOf(jobs.submit({ ...order, options: { setCover: fileId } }))).toBe('INVALID_OPTION');
  expect(await codeOf(jobs.submit({ fileId: setCover, format: 'flac' }))).toBe('UNRECOGNISED_FORMAT');
  expect(await codeOf(uploads.sendCover(new Blob([await readFile(plain)])))).toBe('COVER_NOT_RECOGNISED');
  await uploads.remove(setCover);
  expect(await codeOf(jobs.submit({ ...order, options: { setCover } }))).toBe('UPLOAD_NOT_FOUND');
});

test('a picture that only begins as one is left out with a warning', async () => {
  const path = join(stand.dir, 'half.flac');
  await makeSample(path, { seconds: 1 });
  const broken = new Blob([Buffer.from('89504e470d0a1a0a', 'hex'), 'and so on']);
  const { fileId: setCover } = await stand.client.uploads.sendCover(broken);
  const { job, audio } = await converted(path, { format: 'flac', options: { setCover } });
  expect(job.warnings.map(({ code }) => code)).toEqual(['COVER_DROPPED']);
  expect(audio.hasCover).toBe(false);
});

test('a book becomes one file for each chapter, all in one zip, and nothing of it is lost', async () => {
  const { fileId } = await uploadFile(stand.client, await book(THREE));
  const options = { splitByChapter: true, trimEnd: 9 };
  const { jobId } = await stand.client.jobs.submit({ fileId, format: 'flac', options });
  const job = await stand.client.jobs.waitForEnd(jobId);
  expect(job).toMatchObject({
    status: 'completed',
    attempt: 1,
    warnings: [],
    output: { files: 4, codec: 'flac', sampleRate: 48_000 },
    playback: { result: 'none' },
  });
  expect(job.output?.durationSeconds).toBeCloseTo(9, 3);

  const zip = join(stand.dir, 'book.zip');
  await saveResult(stand.client, jobId, zip);
  const answer = await stand.request(`/api/download?jobId=${jobId}`);
  expect(answer.headers.get('content-type')).toBe('application/zip');
  expect(answer.headers.get('content-disposition')).toContain('book.zip');
  await answer.body?.cancel();

  const files = unzipSync(await readFile(zip));
  const names = Object.keys(files);
  expect(names).toEqual(['1.flac', '2 Größe_ 1_2.flac', '3.flac', '4 End.flac']);
  const told: unknown[] = [];
  for (const name of names) {
    const path = join(stand.dir, 'chapter.flac');
    await writeFile(path, files[name] ?? '');
    const { tags, durationSeconds } = await measureAudio(path);
    told.push([durationSeconds, tags.title, tags.album, tags.artist, tags.track]);
  }
  expect(told).toEqual([
    [2, 'Book', 'Book', 'Ana', '1/4'],
    [2, 'Größe: 1/2', 'Book', 'Ana', '2/4'],
    [4, 'Book', 'Book', 'Ana', '3/4'],
    [1, 'End', 'Book', 'Ana', '4/4'],
  ]);
});

test('without chapters there is one file in the zip, and that is said', async () => {
  const path = join(stand.dir, 'single.flac');
  await makeSample(path, { seconds: 1 });
  const { fileId } = await uploadFile(stand.client, path);
  const order = { fileId, format: 'wav', options: { splitByChapter: true } } as const;
  const { jobId } = await stand.client.jobs.submit(order);
  const job = await stand.client.jobs.waitForEnd(jobId);
  expect(job.output?.files).toBe(1);
  expect(job.warnings.map(({ code }) => code)).toEqual(['NO_CHAPTERS']);
});

test('a book of more than 300 chapters is not taken apart, and its owner is told why', async () => {
  const many = Array.from({ length: 301 }, (_, nth): Chapter => [`${nth}`, nth, nth + 1]);
  const { fileId } = await uploadFile(stand.client, await book(many));
  const order = { fileId, format: 'flac', options: { splitByChapter: true } } as const;
  const { jobId } = await stand.client.jobs.submit(order);
  expect(await stand.client.jobs.waitForEnd(jobId)).toMatchObject({
    ...{ status: 'failed', attempt: 1 },
    error: {
      code: 'INVALID_OPTION',
      detail: { field: 'options.splitByChapter', chapters: 301, limit: 300 },
    },
  });
});
