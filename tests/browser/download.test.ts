/** Downloads that do not go well at once: the page says why, and offers another try and another way. */
import { readFile } from 'node:fs/promises';
import { until } from '@wavefleet/localstack/waiting.ts';
import type { Download, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { addFiles, convert, reached } from './drive.ts';
import { shortRecording } from './short-recording.ts';

const recording = shortRecording();

const mainButton = (page: Page) => page.getByRole('link', { name: /^Download short.flac/ });
const line = (page: Page) => page.getByTestId('download-line');

/** A page with a finished conversion on it. */
async function converted(): Promise<Page> {
  const page = await recording.visitors.visit();
  await addFiles(page, recording.file);
  await convert(page, 'MP3');
  await reached(page, 'completed');
  return page;
}

/** What is downloaded next, in this tab or another one. */
function nextDownload(page: Page): Promise<Download> {
  return new Promise((resolve) => {
    page.once('download', resolve);
    page.context().once('page', (tab) => tab.once('download', resolve));
  });
}

async function expectResult(download: Download): Promise<void> {
  expect(download.suggestedFilename()).toBe('short.mp3');
  const path = await download.path();
  expect((await readFile(path)).length).toBeGreaterThan(10_000);
}

test('the server cannot send it: said with a reason, and another try brings the file', async () => {
  const page = await converted();
  const error = { code: 'SERVICE_UNAVAILABLE', message: 'The storage is away.', requestId: 'r' };
  await page.route('**/api/download?*', (route) => route.fulfill({ status: 503, json: { error } }));
  await mainButton(page).click();
  await line(page).getByRole('alert').getByText('The storage is away.').waitFor();
  await page.unroute('**/api/download?*');
  const downloading = nextDownload(page);
  await line(page)
    .getByRole('button', { name: /^Try again/ })
    .click();
  await expectResult(await downloading);
  await line(page).getByText('Your browser is downloading it. Did the download fail?').waitFor();
});

test('the other way: straight from the storage, and the page stays', async () => {
  const page = await converted();
  await page.route('**/api/download?*', (route) =>
    route.request().url().includes('mode=url') ? route.continue() : route.abort(),
  );
  await mainButton(page).click();
  await line(page).getByRole('alert').getByText('The server did not answer.').waitFor();
  const downloading = nextDownload(page);
  await line(page)
    .getByRole('button', { name: /^Download from the storage/ })
    .click();
  const download = await downloading;
  expect(new URL(download.url()).origin).not.toBe(new URL(recording.fleet.apiUrl).origin);
  await expectResult(download);
  await mainButton(page).waitFor();
});

test('deleted after the download, as asked: the page says so, and the history too', async () => {
  const page = await recording.visitors.visit();
  await addFiles(page, recording.file);
  await page.getByText('Trim, fades, track, tags and cover').click();
  await page.getByLabel('Delete the file and the result from the server after the download').check();
  await convert(page, 'MP3');
  await reached(page, 'completed');
  const downloading = nextDownload(page);
  await mainButton(page).click();
  await expectResult(await downloading);
  await until('the result is deleted', async () => {
    const { jobs } = await page.evaluate(async () => await (await fetch('/api/jobs')).json());
    return jobs[0].removedAt !== undefined;
  });
  await mainButton(page).click();
  await page.getByTestId('removed').getByText('Deleted from the server.').waitFor();
  await expect.poll(() => mainButton(page).count()).toBe(0);
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByTestId('history-row').getByTestId('removed').waitFor();
});
