/** The limit of a file's size holds everywhere, also for files that were taken before it was lowered. */
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesBelow } from '../bring-up/observers.ts';
import { Stand } from '../bring-up/stand.ts';
import { refusal } from '../e2e/refusal.ts';

const LOWERED = { MAX_UPLOAD_BYTES: '1000', MAX_RESUMABLE_UPLOAD_BYTES: '1000' };
let stand: Stand;
let fileId: string;
beforeAll(async () => {
  stand = await Stand.start();
  const path = join(stand.dir, 'song.wav');
  await makeSample(path, { seconds: 1 });
  ({ fileId } = await uploadFile(stand.client, path));
});
afterAll(() => stand?.stop());

test('F12: a worker fails a job whose file is too large, and leaves nothing', async () => {
  const { jobId } = await stand.client.jobs.submit({ fileId, format: 'mp3' });
  const worker = await stand.addWorker(LOWERED);
  const { status, error } = await stand.client.jobs.waitForEnd(jobId);
  expect({ status, code: error?.code, limitBytes: error?.detail?.limitBytes }).toEqual({
    ...{ status: 'failed', code: 'UPLOAD_TOO_LARGE', limitBytes: 1000 },
  });
  await worker.stop();
  expect(await filesBelow(worker.workDir)).toEqual([]);
});

test('F11: a conversion of a file that is too large is refused', async () => {
  await stand.restartApi(LOWERED);
  const response = await stand.postJson('/api/convert-audio', { fileId, format: 'mp3' });
  expect(await refusal(response)).toBe('413 UPLOAD_TOO_LARGE');
});
