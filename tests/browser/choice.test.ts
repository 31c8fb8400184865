/** What the page asks for is what comes out: times and tags typed key by key, labels, and files that are taken off the list. */
import { readFile } from 'node:fs/promises';

import { uploadedSchema } from '@wavefleet/contracts/http.ts';
import { hourOfSpeech, measuredSpeed } from '@wavefleet/contracts/measured-speed.ts';
import { measureAudio } from '@wavefleet/localstack/demo/audio-check.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { execa } from 'execa';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';
import { addFiles, card, chooseFormats, convertButton, reached } from './drive.ts';
import { Visitors } from './visitors.ts';

let fleet: Fleet;
let visitors: Visitors;
beforeAll(async () => {
  fleet = await Fleet.start({ workers: 1 });
  visitors = await Visitors.start(fleet.apiUrl);
  await makeSample(fleet.file('talk.wav'), { seconds: 25, channels: 1 });
  await execa('ffmpeg', [
    ...[
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      'sine=440:d=3',
      '-f',
      'lavfi',
      '-i',
      'sine=880:d=2',
      '-map',
      '0',
      '-map',
      '1',
    ],
    ...[
      '-c:a',
      'flac',
      '-metadata:s:a:0',
      'language=ger',
      '-metadata:s:a:1',
      'language=eng',
      fleet.file('film.mkv'),
    ],
  ]);
  await execa('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'sine=r=8000:d=3800', fleet.file('lesson.wav')]);
});
afterAll(async () => {
  await visitors?.stop();
  await fleet?.stop();
});
afterEach(() => expect(visitors.complaints.splice(0)).toEqual([]));

/** Opens the fold and types into a field of it, one key after the other. */
async function typeTime(page: Page, field: 'Start at' | 'End at', text: string): Promise<void> {
  await page.getByLabel(field).focus();
  for (const key of text) {
    await page.keyboard.press(key);
    // The fold stays open and the focus where it is, whatever half of a time stands there.
    expect(await page.getByLabel(field).evaluate((input) => input === document.activeElement)).toBe(true);
  }
  await expect.poll(() => page.getByLabel(field).inputValue()).toBe(text);
  await expect.poll(() => page.getByText('Enter a time as minutes').count()).toBe(0);
}

test.each([
  ['talk.wav', '0:10', 15],
  ['lesson.wav', '1:30', 3_710],
  ['lesson.wav', '1:02:45.5', 34.5],
])('%s from %s on, typed key by key, is what comes out', async (name, start, seconds) => {
  const page = await visitors.visit();
  await addFiles(page, fleet.file(name));
  await chooseFormats(page, 'WAV');
  await page.getByText('Trim, fades, track, tags and cover').click();
  await typeTime(page, 'Start at', start);
  await convertButton(page).click();
  await reached(page, 'completed');
  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: `Download ${name}` }).click();
  const path = fleet.file('trimmed.wav');
  await (await downloading).saveAs(path);
  expect((await measureAudio(path)).durationSeconds).toBeCloseTo(seconds, 2);
});

test('each chosen format says how long an hour of speech-like sound took, and on what day', async () => {
  const page = await visitors.visit();
  await addFiles(page, fleet.file('talk.wav'));
  await chooseFormats(page, 'FLAC', 'MP3');
  const said = page.getByTestId('speed');
  for (const format of ['mp3', 'flac'] as const) {
    await said
      .getByText(`Measured on ${measuredSpeed.date}: ${hourOfSpeech(format)}.`, { exact: true })
      .waitFor();
  }
  expect(await said.count()).toBe(2);
  await chooseFormats(page, 'FLAC');
  await expect
    .poll(() => said.allInnerTexts())
    .toEqual([expect.stringContaining(String(hourOfSpeech('flac')))]);
});

test('a start past the end is said beside it, with the length, and nothing can be asked for', async () => {
  const page = await visitors.visit();
  await addFiles(page, fleet.file('talk.wav'));
  await chooseFormats(page, 'MP3');
  await page.getByText('Trim, fades, track, tags and cover').click();
  await typeTime(page, 'Start at', '0:25');
  await page.keyboard.press('Tab');
  await page.getByText('talk.wav is only 0:25 long. Start before that.').waitFor();
  await expect.poll(() => convertButton(page).isDisabled()).toBe(true);
  await page.getByText('Trim, fades, track, tags and cover').click();
  await page.getByText('please check').waitFor();
  await page.getByText('Trim, fades, track, tags and cover').click();
  await page.getByLabel('Start at').focus();
  await page.keyboard.press('Backspace');
  await expect.poll(() => convertButton(page).isDisabled()).toBe(false);
});

test('of a video a track can be chosen, and the result says which tracks there were', async () => {
  const page = await visitors.visit();
  await addFiles(page, fleet.file('film.mkv'));
  await chooseFormats(page, 'WAV');
  await page.getByText('Trim, fades, track, tags and cover').click();
  const track = page.getByLabel('Audio track');
  await track.pressSequentially('english');
  await page.keyboard.press('Tab');
  await page.getByText('Enter a number, such as 2, or a language, such as eng.').waitFor();
  await expect.poll(() => convertButton(page).isDisabled()).toBe(true);
  await track.fill('');
  await track.pressSequentially('eng');
  await convertButton(page).click();
  await reached(page, 'completed');
  const facts = page.getByRole('table', { name: 'Source and result of film.mkv' });
  await expect
    .poll(() => facts.innerText())
    .toMatch(/Audio track\s+1: ger, flac mono; 2: eng, flac mono\s+track 2/);
  await expect.poll(() => facts.innerText()).toMatch(/Length\s+\S+\s+0:02/);
});

test('loudness and fades are asked for in plain words, and what was measured is shown', async () => {
  const page = await visitors.visit();
  await addFiles(page, fleet.file('talk.wav'));
  await chooseFormats(page, 'WAV');
  await page.getByLabel('Loudness of WAV').selectOption({ label: '−16 LUFS: podcasts' });
  await page.getByText('Trim, fades, track, tags and cover').click();
  for (const [field, seconds] of [
    ['Fade in over', '0.5'],
    ['Fade out over', '2'],
  ] as const) {
    await page.getByLabel(field).pressSequentially(seconds);
  }
  await convertButton(page).click();
  await reached(page, 'completed');
  const facts = page.getByRole('table', { name: 'Source and result of talk.wav' });
  await expect
    .poll(() => facts.innerText())
    .toMatch(/Loudness\s+−[\d.]+ LUFS\s+−1(5\.[5-9]|6(\.[0-5])?) LUFS/);
  await expect.poll(() => facts.innerText()).toMatch(/True peak\s+−?[\d.]+ dBTP\s+−[\d.]+ dBTP/);
});

test('tags are typed key by key, one is left out, a picture becomes the cover, and the result has it all', async () => {
  const tags = { title: 'Old', artist: 'Ana', comment: 'gone', lyrics: 'gone too' };
  await makeSample(fleet.file('song.flac'), { seconds: 2, tags });
  const picture = fleet.file('front.png');
  await execa('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'color=red:s=64x48', '-frames:v', '1', picture]);
  const page = await visitors.visit();
  await addFiles(page, fleet.file('song.flac'));
  await chooseFormats(page, 'FLAC');
  await page.getByText('Trim, fades, track, tags and cover').click();
  const typed = { Title: 'Größe; 1=2', Album: 'Nacht', 'Track number': '3/12', Year: '2026' };
  for (const [label, text] of Object.entries(typed)) {
    const field = page.getByLabel(label, { exact: true });
    await field.focus();
    await page.keyboard.type(text);
    await expect.poll(() => field.inputValue()).toBe(text);
  }
  const leftOut = page.getByLabel('Tags to leave out');
  await leftOut.pressSequentially('comment, lyrics=');
  await page.keyboard.press('Tab');
  await page.getByText('Enter tag names separated by commas, such as comment, lyrics.').waitFor();
  await expect.poll(() => convertButton(page).isDisabled()).toBe(true);
  await leftOut.press('End');
  await leftOut.press('Backspace');

  await page.getByLabel('New cover picture').setInputFiles(fleet.file('talk.wav'));
  await page.getByText(/^talk.wav: /).waitFor();
  await expect.poll(() => convertButton(page).isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'Remove the new cover' }).click();
  await page.getByLabel('New cover picture').setInputFiles(picture);
  await page.getByText('front.png will be the cover', { exact: true }).waitFor();
  await convertButton(page).click();
  await reached(page, 'completed');

  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download song.flac' }).click();
  const path = fleet.file('tagged.flac');
  await (await downloading).saveAs(path);
  const { tags: written } = await measureAudio(path);
  expect({ ...written, encoder: undefined }).toEqual({
    ...{ title: 'Größe; 1=2', artist: 'Ana', album: 'Nacht', track: '3/12', date: '2026' },
    encoder: undefined,
  });
  const copy = ['-map', '0:v', '-c', 'copy', '-f', 'image2pipe', 'pipe:1'];
  const { stdout } = await execa('ffmpeg', ['-v', 'error', '-i', path, ...copy], { encoding: 'buffer' });
  expect(Buffer.from(stdout).equals(await readFile(picture))).toBe(true);

  // What was said of this file is not said of the next one.
  await addFiles(page, fleet.file('talk.wav'));
  await page.getByText('Trim, fades, track, tags and cover').click();
  await expect.poll(() => page.getByLabel('Title', { exact: true }).inputValue()).toBe('');
  await expect.poll(() => page.getByText('JPEG or PNG, up to 8 MB').count()).toBe(1);
});

test('the quality says what it comes to, and the result has it', async () => {
  const page = await visitors.visit();
  await addFiles(page, fleet.file('talk.wav'));
  await chooseFormats(page, 'MP3');
  const shown = () => page.getByLabel('Quality of MP3').locator('option').first().innerText();
  expect(await shown()).toBe('Medium, 96 kbit/s');
  await page.getByLabel('Channels of MP3').selectOption('2');
  expect(await shown()).toBe('Medium, 192 kbit/s');
  await page.getByLabel('Channels of MP3').selectOption('');
  await convertButton(page).click();
  await reached(page, 'completed');
  await page.getByText(/ · 9[67] kbit\/s mono$/).waitFor();
});

test('× takes a file that nobody converted off the server too, and says when that failed', async () => {
  const page = await visitors.visit();
  const asked = page.waitForResponse((answer) => answer.url().endsWith('/api/upload-audio'));
  await addFiles(page, fleet.file('talk.wav'));
  const { fileId } = uploadedSchema.parse(await (await asked).json());
  const upload = () => page.evaluate(async (id) => (await fetch(`/api/uploads/${id}`)).status, fileId);
  const remove = card(page, 'talk.wav').getByRole('button', {
    name: 'Remove talk.wav from this list and delete it from the server',
  });
  await remove.waitFor();
  expect(await upload()).toBe(200);
  await page.route('**/api/uploads/*', (route) => route.abort());
  await remove.click();
  await page.getByText(/^talk.wav is still on the server: /).waitFor();
  await page.unroute('**/api/uploads/*');
  await remove.click();
  await card(page, 'talk.wav').waitFor({ state: 'detached' });
  expect(await upload()).toBe(404);
});
