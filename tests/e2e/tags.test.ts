/** Tags of strangers through API, record, queue and worker. */
import { join } from 'node:path';
import { saveResult, uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { measureAudio } from '@wavefleet/localstack/demo/audio-check.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stand } from '../bring-up/stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await Stand.start();
  await stand.addWorker();
});
afterAll(() => stand?.stop());

/** Converts a file, waits for it, and looks at the result. */
async function converted(path: string, order: { format: 'flac' | 'ogg'; options?: Record<string, unknown> }) {
  const { fileId } = await uploadFile(stand.client, path);
  const { jobId } = await stand.client.jobs.submit({ fileId, ...order });
  const job = await stand.client.jobs.waitForEnd(jobId);
  expect(job.error).toBeUndefined();
  const out = join(stand.dir, `${jobId}.${order.format}`);
  await saveResult(stand.client, jobId, out);
  return { job, audio: await measureAudio(out) };
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
