/** `npm start` over months: what all stands on ends, and the data is copied, moved and brought back. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { localSettingsFile, readSettings } from '@wavefleet/platform/local-settings.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { npmStart, processOf, type Started, saysWhere } from '../bring-up/npm-start.ts';

let dir: string;
let data: string;
let running: Started;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wavefleet-one-box-'));
  data = join(dir, 'data');
  running = await npmStart(data);
});
afterAll(async () => {
  running.process.kill('SIGTERM');
  await running.ended;
  await rm(dir, { recursive: true, force: true });
});

/** A job, and its upload. */
async function submitted(seconds: number): Promise<{ jobId: string; fileId: string }> {
  const file = join(dir, `${seconds}.flac`);
  await makeSample(file, { seconds, codec: ['-sample_fmt', 's16'] });
  const { fileId } = await uploadFile(running.client, file);
  return { fileId, jobId: (await running.client.jobs.submit({ fileId, format: 'mp3' })).jobId };
}

test.each([
  ['the API', 'api/src/main.ts'],
  ['what stands in for AWS', 'embedded/main.ts'],
])(
  'SIGKILL of %s: all is there again by itself, at the same address, and the job at work is completed',
  async (_name, entry) => {
    const { client, output } = running;
    const before = await readSettings(localSettingsFile(data));
    const times = output().split('starting again').length;
    const { jobId } = await submitted(60);
    for await (const { step } of client.progress.events(jobId)) if (step === 'convert') break;
    process.kill(await processOf(running, entry), 'SIGKILL');
    await saysWhere(output, times + 1);
    expect(output()).toContain('ended (SIGKILL): starting again…');
    expect(await client.jobs.waitForEnd(jobId, { timeoutMs: 150_000 })).toMatchObject({
      status: 'completed',
    });
    const { REDIS_URL: _, ...after } = await readSettings(localSettingsFile(data));
    expect(before).toMatchObject(after);
  },
);

test('a copy of DATA_DIR, made while nothing runs, is the same fleet in another folder at another port', async () => {
  const { jobId, fileId } = await submitted(1);
  await running.client.jobs.waitForEnd(jobId);
  const bytes = async () => await (await running.client.results.download(jobId)).bytes();
  const result = await bytes();
  running.process.kill('SIGTERM');
  await running.ended;
  const copy = join(dir, 'copy');
  await cp(data, copy, { recursive: true });
  await rm(data, { recursive: true });
  running = await npmStart(copy);
  expect(Buffer.compare(await bytes(), result)).toBe(0);
  const { client } = running;
  const { jobId: next } = await client.jobs.submit({ fileId, format: 'flac' });
  expect(await client.jobs.waitForEnd(next)).toMatchObject({ status: 'completed' });
});
