/** The page while a worker, the API or Redis is gone. */
import { join } from 'node:path';
import { Child } from '@wavefleet/localstack/child.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';
import { addFiles, convert, plans, reached } from './drive.ts';
import { Visitors } from './visitors.ts';

const apiEntry = join(import.meta.dirname, '..', '..', 'api', 'src', 'main.ts');

let fleet: Fleet;
let visitors: Visitors;
let api: Child | undefined;
beforeAll(async () => {
  fleet = await Fleet.start({ workers: 1 });
  visitors = await Visitors.start(fleet.apiUrl);
  await makeSample(fleet.file('long.flac'), { seconds: 300, channels: 1 });
  await makeSample(fleet.file('short.flac'), { seconds: 4 });
});
afterAll(async () => {
  await api?.stop();
  await visitors?.stop();
  await fleet?.stop();
});
afterEach(() => expect(visitors.complaints.splice(0)).toEqual([]));

test('a worker is killed in mid-job: another one finishes it, and the percent does not fall', async () => {
  const page = await visitors.visit();
  await addFiles(page, fleet.file('long.flac'));
  await convert(page, 'MP3');
  await reached(page, 'processing');
  const bar = plans(page, 'processing').getByRole('progressbar');
  const percent = async () => Number(await bar.getAttribute('aria-valuenow'));
  await page
    .getByTestId('job-line')
    .getByText(/^Converting · /)
    .waitFor();
  const before = await percent();
  fleet.workers[0]?.process.kill('SIGKILL');
  await page.getByTestId('job-line').getByText(/try 2/).waitFor();
  expect(await percent()).toBeGreaterThanOrEqual(before);
  await reached(page, 'completed');
});

test('the API is gone in mid-job: the page says so, and finds its way back', async () => {
  const page = await visitors.visit();
  await addFiles(page, fleet.file('long.flac'));
  await convert(page, 'MP3');
  await page
    .getByTestId('job-line')
    .getByText(/^Converting · /)
    .waitFor();
  const port = new URL(fleet.apiUrl).port;
  await fleet.api.stop('SIGKILL');
  await page.getByRole('alert').getByText('The server is not answering.').waitFor();
  const logFile = join(fleet.logDir, 'api-again.log');
  api = new Child({ name: 'api', entry: apiEntry, env: { ...fleet.env, PORT: port }, logFile });
  await api.ready;
  await page.getByRole('button', { name: 'Try now' }).click();
  await reached(page, 'completed');
  await expect.poll(() => page.getByRole('alert').count()).toBe(0);
});

test('Redis is stopped: conversions are followed to their end all the same', async () => {
  await fleet.killRedis();
  const page = await visitors.visit();
  await addFiles(page, fleet.file('short.flac'));
  await convert(page, 'MP3', 'WAV');
  await reached(page, 'completed', 2);
});
