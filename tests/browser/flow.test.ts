/** The page when all goes well: choose, convert, listen, download. */
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { measureAudio } from '@wavefleet/localstack/demo/audio-check.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';
import { addFiles, card, chooseFormats, convert, convertButton, focused, plans, reached } from './drive.ts';
import { screenshot, Visitors } from './visitors.ts';

let fleet: Fleet;
let visitors: Visitors;
beforeAll(async () => {
  fleet = await Fleet.start({ workers: 2 });
  visitors = await Visitors.start(fleet.apiUrl);
  await makeSample(fleet.file('harbour.wav'), { seconds: 30, tags: { title: 'Harbour' } });
  await makeSample(fleet.file('boats.flac'), { seconds: 8 });
  await makeSample(fleet.file('talk.mp3'), { seconds: 6, channels: 1 });
  await makeSample(fleet.file('old.aiff'), { seconds: 5 });
});
afterAll(async () => {
  await visitors?.stop();
  await fleet?.stop();
});
afterEach(() => expect(visitors.complaints.splice(0)).toEqual([]));

test('one file all the way: choose, estimate, convert, look, listen, download, find it in the history', async () => {
  const page = await visitors.visit();
  await screenshot(page, 'empty');
  await addFiles(page, fleet.file('harbour.wav'));
  await chooseFormats(page, 'MP3');
  await page.getByLabel('Quality of MP3').selectOption('128k');
  await page.getByTestId('estimate').getByText('about 486 kB').waitFor();
  await convertButton(page).click();
  await reached(page, 'completed');

  // Small enough to be shown unasked: both waveforms, drawn from what the server plays.
  for (const name of ['source', 'result'])
    await page.locator(`[data-testid=player-${name}][data-wave=shown]`).waitFor();
  const bars = await page
    .locator('[data-testid=player-result] .track-box')
    .evaluate((box) => box.firstElementChild?.shadowRoot?.querySelectorAll('canvas').length ?? 0);
  expect(bars).toBeGreaterThan(0);
  const play = page.getByRole('button', { name: 'Play the result' });
  await play.click();
  await page.getByRole('button', { name: 'Pause the result' }).click();
  await play.waitFor();
  const facts = page.getByRole('table', { name: 'Source and result of harbour.wav' });
  await expect.poll(() => facts.innerText()).toMatch(/Codec\s+pcm_s16le\s+mp3/);
  await screenshot(page, 'done');

  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: /^Download harbour.wav/ }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('harbour.mp3');
  const path = fleet.file('downloaded.mp3');
  await download.saveAs(path);
  const audio = await measureAudio(path);
  expect(audio).toMatchObject({ codec: 'mp3', sampleRate: 44_100, channels: 2 });
  expect(Math.abs(audio.durationSeconds - 30)).toBeLessThan(0.05);

  await page.getByRole('link', { name: 'History' }).click();
  const row = page.getByTestId('history-row');
  await row.waitFor();
  await screenshot(page, 'history');
  await row.getByRole('button', { name: /^Delete/ }).click();
  await row.getByRole('button', { name: 'Delete for good' }).click();
  await page.getByText('Nothing here yet.').waitFor();
  await focused(page, 'view-heading');
  await page.getByRole('link', { name: 'Convert', exact: true }).click();
  await page.getByRole('button', { name: 'Choose files' }).waitFor();
  await page.getByRole('link', { name: 'History' }).click();
  await page.reload();
  await page.getByText('Nothing here yet.').waitFor();
});

test('a job’s id is there from the start, and a button copies it, by mouse and by keyboard', async () => {
  const page = await visitors.visit({ permissions: ['clipboard-read', 'clipboard-write'] });
  await addFiles(page, fleet.file('harbour.wav'));
  await convert(page, 'MP3');
  const copy = page.getByRole('button', { name: /^Copy the id of harbour.wav to MP3/ });
  await copy.waitFor();
  const id = (await page.locator('.job-id code').innerText()).trim();
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await copy.click();
  await page.getByText('Id of harbour.wav to MP3').waitFor({ state: 'attached' });
  expect(await clipboard()).toBe(id);
  await reached(page, 'completed');
  await page.evaluate(() => navigator.clipboard.writeText(''));
  await copy.focus();
  await page.keyboard.press('Enter');
  await until('it is copied again', async () => (await clipboard()) === id);
  expect((await fetch(`${fleet.apiUrl}/api/jobs/${id}`)).status).toBe(404);

  await page.getByRole('link', { name: 'History' }).click();
  await page.getByTestId('history-row').getByText(id).waitFor();
});

test('where pages have no clipboard, the id is selected for the user’s own copying', async () => {
  const page = await visitors.visit();
  await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await page.reload();
  await addFiles(page, fleet.file('boats.flac'));
  await convert(page, 'MP3');
  await page.getByRole('button', { name: /^Copy the id of boats.flac/ }).click();
  const selected = await page.evaluate(() => getSelection()?.toString());
  expect(selected).toBe(await page.locator('.job-id code').innerText());
});

test('three files to two formats each; the percent never falls', async () => {
  const page = await visitors.visit();
  await page.evaluate(() => {
    const falls: string[] = [];
    const highest = new Map<string, number>();
    Object.assign(window, { falls });
    new MutationObserver(() => {
      for (const bar of document.querySelectorAll('[role=progressbar]')) {
        const name = bar.getAttribute('aria-label') ?? '';
        const now = Number(bar.getAttribute('aria-valuenow'));
        if (now < (highest.get(name) ?? 0)) falls.push(`${name}: ${highest.get(name)} to ${now}`);
        highest.set(name, now);
      }
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  await addFiles(page, fleet.file('harbour.wav'), fleet.file('boats.flac'), fleet.file('talk.mp3'));
  await convert(page, 'Opus', 'FLAC');
  await reached(page, 'completed', 6);
  for (const name of ['harbour.wav', 'boats.flac', 'talk.mp3'])
    await expect.poll(() => plans(card(page, name), 'completed').count()).toBe(2);
  expect(await page.evaluate(() => Reflect.get(window, 'falls'))).toEqual([]);

  await page.getByRole('link', { name: 'History' }).click();
  await page.getByTestId('history-row').nth(5).waitFor();
  await page.getByLabel('Status', { exact: true }).selectOption('failed');
  await page.getByText('No conversions match.').waitFor();
  await page.getByRole('button', { name: 'Show everything' }).click();
  await page.getByTestId('history-row').nth(5).waitFor();
  await page.getByTestId('totals').getByText('6 conversions · ').waitFor();

  // Not as it is written, and while it is typed.
  await page.getByLabel('Name', { exact: true }).pressSequentially('BOATS');
  await page.getByTestId('totals').getByText('2 conversions · ').waitFor();
  await expect.poll(() => page.getByTestId('history-row').count()).toBe(2);
  await page.getByLabel('Format', { exact: true }).selectOption('opus');
  await page.getByTestId('totals').getByText('1 conversion · ').waitFor();
  await page.getByLabel('From', { exact: true }).fill('2026-01-01');
  await page.getByTestId('totals').getByText('1 conversion · ').waitFor();
  await page.getByTestId('history-row').waitFor();
  await screenshot(page, 'history-search');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export CSV' }).click(),
  ]);
  const lines = (await readFile(await download.path(), 'utf8')).split('\r\n');
  expect(lines.slice(1)).toEqual([expect.stringMatching(/^[^,]{36},boats\.flac,completed,opus,/), '']);
  await page.getByLabel('To', { exact: true }).fill('2026-01-02');
  await page.getByText('No conversions match.').waitFor();
  await expect.poll(() => page.getByTestId('totals').count()).toBe(0);
});

test('of many files none is opened unasked, and each by a click', async () => {
  const page = await visitors.visit();
  const names = Array.from({ length: 7 }, (_, index) => `many-${index}.flac`);
  await Promise.all(names.map((name) => copyFile(fleet.file('boats.flac'), fleet.file(name))));
  await addFiles(page, ...names.map((name) => fleet.file(name)));
  await convert(page, 'MP3');
  await reached(page, 'completed', names.length);
  expect(await page.locator('audio').count()).toBe(0);
  const one = card(page, 'many-3.flac');
  await one.getByRole('button', { name: /^Listen and compare/ }).click();
  await one.getByTestId('player-result').waitFor();
  expect(await page.locator('audio').count()).toBe(2);
});

test('a file that browsers cannot play is played as a preview, and one file becomes another format later', async () => {
  const page = await visitors.visit();
  await addFiles(page, fleet.file('old.aiff'));
  await convert(page, 'AIFF');
  await reached(page, 'completed');
  await page.locator('[data-testid=player-result][data-wave=shown]').waitFor();
  await expect.poll(() => page.getByTestId('player-result').innerText()).toContain('MP3 preview');
  await page.getByRole('button', { name: /^Another format/ }).click();
  await convert(page, 'WAV');
  await reached(card(page, 'old.aiff'), 'completed', 2);
});

test('dropped files are taken, wherever they are dropped', async () => {
  const page = await visitors.visit();
  await writeFile(fleet.file('note.pdf'), 'not audio');
  const transfer = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(2_000)], 'dropped.wav', { type: 'audio/wav' }));
    data.items.add(new File(['text'], 'letter.pdf', { type: 'application/pdf' }));
    return data;
  });
  await page.dispatchEvent('body', 'dragenter', { dataTransfer: transfer });
  await page.getByText('Drop to add the files').waitFor();
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
  await card(page, 'dropped.wav').waitFor();
  await card(page, 'letter.pdf').getByText('This does not look like an audio or video file.').waitFor();
  await card(page, 'letter.pdf').getByRole('button', { name: 'Upload it anyway' }).waitFor();
});
