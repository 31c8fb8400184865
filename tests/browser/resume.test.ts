/** The page over reloads and lost lines: uploads and conversions go on. */
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import type { Request } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Fleet, holdingWorker } from '../bring-up/fleet.ts';
import { addFiles, card, chooseFormats, convert, convertButton, plans, reached, setLine } from './drive.ts';
import { screenshot, Visitors } from './visitors.ts';

/** Five parts of 8 MiB and a bit. */
const SECONDS = 240;
const SLOW = 6_000_000;

let fleet: Fleet;
let visitors: Visitors;
beforeAll(async () => {
  fleet = await Fleet.start({ workers: 0, entries: { worker: holdingWorker }, restartWorkers: false });
  visitors = await Visitors.start(fleet.apiUrl);
  await fleet.addWorker();
  await makeSample(fleet.file('long.wav'), { seconds: SECONDS });
  await makeSample(fleet.file('short.flac'), { seconds: 5 });
});
afterAll(async () => {
  await visitors?.stop();
  await fleet?.stop();
});
afterEach(() => expect(visitors.complaints.splice(0)).toEqual([]));

const isPart = (request: Request) => request.method() === 'PUT';

test('reload in the middle of an upload: the same file goes on where it was, with what was asked of it', async () => {
  const page = await visitors.visit();
  await setLine(page, { uploadBytesPerSecond: SLOW });
  await addFiles(page, fleet.file('long.wav'));
  await screenshot(page, 'uploading');
  await chooseFormats(page, 'MP3');
  await convertButton(page).click();
  const finished: Request[] = [];
  page.on('requestfinished', (request) => isPart(request) && finished.push(request));
  await until('two parts', () => finished.length >= 2);
  await page.reload();
  const line = card(page, 'long.wav').getByTestId('upload-line');
  await line.getByText(/MB of 42(\.\d)? MB uploaded\. Choose the same file again/).waitFor();

  await setLine(page);
  const sentAfter: Request[] = [];
  page.on('request', (request) => isPart(request) && sentAfter.push(request));
  await addFiles(page, fleet.file('long.wav'));
  await reached(page, 'completed');
  await expect.poll(() => page.getByTestId('card').count()).toBe(1);
  expect(sentAfter.length).toBeGreaterThan(0);
  expect(sentAfter.length).toBeLessThanOrEqual(4);
});

test('pause keeps what has arrived; resume sends the rest', async () => {
  const page = await visitors.visit();
  await setLine(page, { uploadBytesPerSecond: SLOW });
  await addFiles(page, fleet.file('long.wav'));
  await page.getByText(/MB\/s/).waitFor();
  await page.getByRole('button', { name: /^Pause/ }).click();
  await page
    .getByTestId('upload-line')
    .getByText(/^Paused at/)
    .waitFor();
  await setLine(page);
  await page.getByRole('button', { name: /^Resume/ }).click();
  await convert(page, 'MP3');
  await reached(page, 'completed');
});

test('a dropped connection: the page says so, waits, and goes on by itself', async () => {
  const page = await visitors.visit();
  await setLine(page, { uploadBytesPerSecond: SLOW });
  await addFiles(page, fleet.file('long.wav'));
  await page.getByText(/MB\/s/).waitFor();
  await setLine(page, { offline: true });
  await page
    .getByTestId('upload-line')
    .getByText(/^Upload interrupted at/)
    .waitFor();
  await setLine(page);
  await convert(page, 'MP3');
  await reached(page, 'completed');
});

test('reload in the middle of a conversion, and a queue with places', async () => {
  const held = await fleet.addWorker({ HOLD_AT_STAGE: 'convert' });
  const first = fleet.workers[0];
  await first?.stop();
  const page = await visitors.visit();
  await addFiles(page, fleet.file('short.flac'));
  await convert(page, 'MP3', 'Opus', 'WAV');
  await reached(page, 'processing');
  await plans(page, 'created')
    .getByText(/next in line|about number \d in line/)
    .first()
    .waitFor();
  await screenshot(page, 'converting');
  await page.reload();
  await reached(page, 'processing');
  await expect.poll(() => page.getByTestId('card').count()).toBe(1);
  await fleet.addWorker({}, 0);
  held.process.send('go');
  await held.stop();
  await reached(page, 'completed', 3);
});
