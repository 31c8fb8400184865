/** Files with several audio tracks, through API, queue and worker. */
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stand } from '../bring-up/stand.ts';

let stand: Stand;
let fileId: string;
beforeAll(async () => {
  stand = await Stand.start();
  await stand.addWorker();
  const film = join(stand.dir, 'film.mkv');
  await execa('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=s=64x64:r=25:d=3', '-itsoffset', '0.5'],
    ...['-f', 'lavfi', '-i', 'sine=440:r=48000:d=2', '-f', 'lavfi', '-i', 'sine=880:r=48000:d=1'],
    ...['-map', '0', '-map', '1', '-map', '2', '-c:v', 'mpeg4', '-c:a', 'flac'],
    ...['-metadata:s:a:0', 'language=ger', '-metadata:s:a:1', 'language=eng'],
    ...['-metadata:s:a:1', 'title=Commentary', '-disposition:a:0', 'default', film],
  ]);
  ({ fileId } = await uploadFile(stand.client, film));
});
afterAll(() => stand?.stop());

async function converted(options: Record<string, unknown>) {
  const { jobId } = await stand.client.jobs.submit({ fileId, format: 'flac', options });
  return await stand.client.jobs.waitForEnd(jobId);
}
const flac = { codec: 'flac', channels: 1 };
const tracks = [
  { ...flac, track: 1, language: 'ger', title: null, isDefault: true },
  { ...flac, track: 2, language: 'eng', title: 'Commentary', isDefault: false },
];

test('a job lists the tracks, says which one it took, and what else it could have', async () => {
  const job = await converted({});
  expect(job).toMatchObject({ status: 'completed', input: { track: 1, tracks } });
  expect(job.warnings.map(({ code }) => code)).toEqual(['OTHER_TRACKS', 'SOUND_STARTS_LATE']);
  expect(job.output?.durationSeconds).toBeCloseTo(2, 3);
});

test('a track by its language, and the silence before a sound that begins late', async () => {
  const english = await converted({ track: 'en' });
  expect(english).toMatchObject({ status: 'completed', input: { track: 2, tracks }, warnings: [] });
  expect(english.output?.durationSeconds).toBeCloseTo(1, 3);
  const german = await converted({ track: 1, timeline: 'keep' });
  expect(german.warnings).toEqual([]);
  expect(german.output?.durationSeconds).toBeCloseTo(2.5, 3);
});

test('a track that is not there fails once, with what is there and one way on', async () => {
  const job = await converted({ track: 'fr' });
  expect(job).toMatchObject({
    status: 'failed',
    attempt: 1,
    error: { code: 'INVALID_OPTION', retryable: false, detail: { field: 'options.track', tracks } },
    fix: { label: 'Convert the main track', changes: { options: {} } },
  });
});
