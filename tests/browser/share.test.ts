/** A result is shared: one copies the link, another one without any cookie listens and downloads. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { addFiles, convert, reached } from './drive.ts';
import { shortRecording } from './short-recording.ts';
import { screenshot } from './visitors.ts';

const recording = shortRecording();

test('a copied link opens for somebody else, plays, downloads, and dies with its job', async () => {
  const page = await recording.visitors.visit({ permissions: ['clipboard-read', 'clipboard-write'] });
  await addFiles(page, recording.file);
  await convert(page, 'MP3');
  await reached(page, 'completed');
  await page.getByRole('button', { name: /^Copy link to short.flac/ }).click();
  await page.getByRole('button', { name: /^Link copied to short.flac/ }).waitFor();
  const url = await page.evaluate(() => navigator.clipboard.readText());
  expect(new URL(url).origin).toBe(new URL(recording.fleet.apiUrl).origin);
  await expect.poll(() => page.getByRole('textbox', { name: 'Link to the result' }).inputValue()).toBe(url);
  // A second click makes no second link.
  await page.getByRole('button', { name: /^Link copied to short.flac/ }).click();
  await page.getByRole('button', { name: /^Link copied to short.flac/ }).waitFor();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(url);
  await screenshot(page, 'share-link');

  const guest = await recording.visitors.visit();
  await guest.context().clearCookies();
  await guest.goto(url);
  await guest.getByRole('heading', { name: 'short.mp3' }).waitFor();
  const playable = await guest.evaluate(async () => {
    const audio = document.querySelector('audio');
    if (audio === null) return undefined;
    audio.muted = true;
    await audio.play();
    return audio.duration;
  });
  expect(playable).toBeCloseTo(5, 0);
  const downloading = guest.waitForEvent('download');
  await guest.getByRole('link', { name: 'Download' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('short.mp3');
  expect((await readFile(await download.path())).length).toBeGreaterThan(10_000);
  expect(await guest.context().cookies()).toEqual([]);
  await screenshot(guest, 'share-page');

  await page.goto(`${recording.fleet.apiUrl}/#/history`);
  await page.getByRole('button', { name: 'Delete short.flac' }).click();
  await page.getByRole('button', { name: 'Delete for good' }).click();
  await page.getByTestId('history-row').waitFor({ state: 'detached' });
  await guest.goto(url);
  await guest.getByRole('heading', { name: 'This link leads nowhere' }).waitFor();
});
