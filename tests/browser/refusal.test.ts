/** The page when something is refused or taken back: it says why, and offers one way on. */
import { appendFile, copyFile, open, rm, writeFile } from 'node:fs/promises';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import type { Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Fleet, holdingWorker } from '../bring-up/fleet.ts';
import { zeros } from '../bring-up/not-audio.ts';
import { addFiles, card, convert, convertButton, plans, reached, setLine } from './drive.ts';
import { screenshot, Visitors } from './visitors.ts';

/** Small, so that "too large" is quickly made; large enough for an upload of several parts. */
const LIMIT_BYTES = 64 * 1024 ** 2;

let fleet: Fleet;
let visitors: Visitors;
beforeAll(async () => {
  fleet = await Fleet.start({
    workers: 0,
    entries: { worker: holdingWorker },
    restartWorkers: false,
    env: { MAX_UPLOAD_BYTES: '1000000', MAX_RESUMABLE_UPLOAD_BYTES: String(LIMIT_BYTES) },
  });
  visitors = await Visitors.start(fleet.apiUrl);
  await fleet.addWorker();
  await makeSample(fleet.file('short.flac'), { seconds: 5 });
  await makeSample(fleet.file('short.mp3'), { seconds: 5 });
  await makeSample(fleet.file('long.wav'), { seconds: 240 });
  await writeFile(fleet.file('letter.wav'), 'Dear reader, this is a letter and not a sound at all.');
  await writeFile(fleet.file('zeros.wav'), zeros);
});
afterAll(async () => {
  await visitors?.stop();
  await fleet?.stop();
});
afterEach(() => expect(visitors.complaints.splice(0)).toEqual([]));

test('too large: said at once, nothing is sent', async () => {
  const file = await open(fleet.file('huge.wav'), 'w');
  await file.truncate(LIMIT_BYTES + 1);
  await file.close();
  const page = await visitors.visit();
  let sent = 0;
  page.on('request', (request) => {
    if (request.method() !== 'GET') sent += 1;
  });
  await addFiles(page, fleet.file('huge.wav'));
  await card(page, 'huge.wav')
    .getByText(/too large: it is 67(\.1)? MB, and this server allows up to 67(\.1)? MB/)
    .waitFor();
  expect(sent).toBe(0);
  await card(page, 'huge.wav')
    .getByRole('button', { name: /^Remove huge.wav from/ })
    .click();
  await page.getByRole('button', { name: 'Choose files' }).waitFor();
});

test('a letter by the name of a sound is not sent: the page says what it is, and there is nothing to try again', async () => {
  const page = await visitors.visit();
  let sent = 0;
  page.on('request', (request) => {
    if (request.method() !== 'GET') sent += 1;
  });
  await addFiles(page, fleet.file('letter.wav'));
  const letter = card(page, 'letter.wav');
  await letter.getByText('This is text, not an audio or video file that can be converted.').waitFor();
  expect(sent).toBe(0);
  await expect.poll(() => letter.getByRole('button', { name: /^Try again/ }).count()).toBe(0);
  await letter.getByRole('button', { name: /^Cancel/ }).click();
  await page.getByRole('button', { name: 'Choose files' }).waitFor();
});

test.each([
  ['deleted', (path: string) => rm(path)],
  ['changed', (path: string) => appendFile(path, 'more')],
])(
  'a file that is %s while it is sent: the page says so, and does not wait for the server',
  async (how, act) => {
    const page = await visitors.visit();
    const path = fleet.file(`${how}.flac`);
    await copyFile(fleet.file('short.flac'), path);
    // Between one try and the next.
    await page.route('**/api/upload-audio', async (route) => {
      await act(path);
      await route.fulfill({ status: 503 });
      await page.unroute('**/api/upload-audio');
    });
    await addFiles(page, path);
    await page.getByTestId('upload-line').getByText('This file can no longer be read:').waitFor();
    expect(await page.getByTestId('upload-line').innerText()).toBe(
      'This file can no longer be read: it was changed, moved or deleted after it was chosen. Choose it again.',
    );
    expect(await page.getByRole('button', { name: /^Try again/ }).count()).toBe(0);
  },
);

test('not audio: the server says so, with its code and one button', async () => {
  const page = await visitors.visit();
  await addFiles(page, fleet.file('zeros.wav'));
  await convert(page, 'MP3');
  await reached(page, 'failed');
  const failure = page.getByTestId('failure');
  await expect
    .poll(() => failure.innerText())
    .toContain('This is not an audio or video file that we recognise.');
  await expect.poll(() => failure.innerText()).toContain('UNRECOGNISED_FORMAT');
  await expect.poll(() => failure.getByRole('button').count()).toBe(1);
  await screenshot(page, 'failed');
  const chooser = page.waitForEvent('filechooser');
  await failure.getByRole('button', { name: /^Choose another file/ }).click();
  await chooser;
});

test('a setting that cannot work: one button mends it and converts', async () => {
  const page = await visitors.visit();
  await addFiles(page, fleet.file('short.mp3'));
  await page.getByText('Trim, fades, track, tags and cover').click();
  await page.getByLabel('Start at').fill('1:00');
  // The length of an MP3 is the browser's guess, which is said and stops nobody.
  await convertButton(page).focus();
  await page.getByText(/^short.mp3 seems to be only 0:0\d long/).waitFor();
  await convert(page, 'MP3');
  await reached(page, 'failed');
  const failure = page.getByTestId('failure');
  await expect.poll(() => failure.getByRole('button').count()).toBe(1);
  await failure.getByRole('button', { name: /^Convert the whole file, without trimming/ }).click();
  await reached(page, 'completed');
  await expect.poll(() => plans(page, 'failed').count()).toBe(0);
});

test('nonsense in a field is said beside it, and nothing can be asked for', async () => {
  const page = await visitors.visit();
  await addFiles(page, fleet.file('short.flac'));
  await page.getByText('Trim, fades, track, tags and cover').click();
  await page.getByLabel('End at').fill('soon');
  await page.keyboard.press('Tab');
  await page.getByText('Enter a time as minutes and seconds').waitFor();
  expect(await page.getByLabel('End at').getAttribute('aria-invalid')).toBe('true');
  await expect.poll(() => page.getByRole('button', { name: /^Convert 1 file/ }).isDisabled()).toBe(true);
});

test('cancel an upload: the parts are gone from the server', async () => {
  const page = await visitors.visit();
  await setLine(page, { uploadBytesPerSecond: 3_000_000 });
  const creating = page.waitForResponse(
    (answer) => answer.url().endsWith('/api/uploads') && answer.status() === 201,
  );
  await addFiles(page, fleet.file('long.wav'));
  const upload: unknown = await (await creating).json();
  const fileId = String(Reflect.get(Object(upload), 'fileId'));
  await page.getByText(/MB\/s/).waitFor();
  await page.getByRole('button', { name: /^Cancel long.wav/ }).click();
  await page.getByRole('button', { name: 'Choose files' }).waitFor();
  const status = () => page.evaluate(async (id) => (await fetch(`/api/uploads/${id}`)).status, fileId);
  await until('the upload to be gone', async () => (await status()) === 404);
});

test('cancel a conversion, then want it after all', async () => {
  const held = await fleet.addWorker({ HOLD_AT_STAGE: 'convert' });
  await fleet.workers[0]?.stop();
  const page = await visitors.visit();
  await addFiles(page, fleet.file('short.flac'));
  await convert(page, 'MP3');
  await reached(page, 'processing');
  await page.route('**/api/jobs/*', refuseDeletes);
  await page.getByRole('button', { name: /^Cancel/ }).click();
  await plans(page, 'processing').getByRole('alert').getByText('This could not be cancelled: ').waitFor();
  await page.unroute('**/api/jobs/*', refuseDeletes);
  await page.getByRole('button', { name: /^Cancel/ }).click();
  await reached(page, 'cancelled');
  held.process.send('go');
  await held.stop();
  await fleet.addWorker({}, 0);
  await page.getByRole('button', { name: /^Convert after all/ }).click();
  await reached(page, 'completed');
});

test('what could not be deleted says so, and is deleted by another click', async () => {
  const page = await visitors.visit();
  await addFiles(page, fleet.file('short.flac'));
  await convert(page, 'MP3');
  await reached(page, 'completed');
  await page.getByRole('link', { name: 'History', exact: true }).click();
  const row = page.getByTestId('history-row');
  await page.route('**/api/jobs/*', refuseDeletes);
  await row.getByRole('button', { name: /^Delete/ }).click();
  await row.getByRole('button', { name: 'Delete for good' }).click();
  await row.getByRole('alert').getByText('This could not be deleted: ').waitFor();
  await page.unroute('**/api/jobs/*', refuseDeletes);
  await row.getByRole('button', { name: 'Delete for good' }).click();
  await page.getByText('Nothing here yet.').waitFor();
});

test('an upload that waits for room says what to do, and goes on by itself', async () => {
  const page = await visitors.visit();
  let refusals = 0;
  await page.route('**/api/upload-audio', async (route) => {
    refusals += 1;
    if (refusals > 1) return await route.continue();
    const message =
      'Your uploads use all the storage you may have here. Delete some, or wait until they expire.';
    await route.fulfill({
      status: 429,
      json: { error: { code: 'STORED_BYTES_LIMIT', message, requestId: 'r' } },
    });
  });
  // Whatever it says for a moment is kept.
  const said = page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        new MutationObserver((_changes, observer) => {
          const text = document.querySelector('[data-testid=upload-line]')?.textContent ?? '';
          if (!/by itself/.test(text)) return;
          observer.disconnect();
          resolve(text);
        }).observe(document.body, { subtree: true, childList: true, characterData: true });
      }),
  );
  await addFiles(page, fleet.file('short.flac'));
  expect(await said).toBe(
    'Your uploads use all the storage you may have here. Delete some, or wait until they expire. The upload then continues by itself.',
  );
  await page.getByText('Uploaded. Choose formats and press Convert.').waitFor();
});

async function refuseDeletes(route: Route): Promise<void> {
  if (route.request().method() === 'DELETE') await route.fulfill({ status: 503 });
  else await route.continue();
}
