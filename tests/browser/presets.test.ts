/** Presets on the page: saved from the settings, chosen in another visit, renamed, exported, imported and deleted. */
import { readFile, writeFile } from 'node:fs/promises';
import { Client } from '@wavefleet/client/client.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { Fleet } from '../bring-up/fleet.ts';
import { addFiles, chooseFormats, convertButton, reached } from './drive.ts';
import { screenshot, Visitors } from './visitors.ts';

let fleet: Fleet;
let visitors: Visitors;
beforeAll(async () => {
  fleet = await Fleet.start({ workers: 0 });
  visitors = await Visitors.start(fleet.apiUrl);
  await makeSample(fleet.file('song.wav'), { seconds: 1 });
});
afterAll(async () => {
  await visitors?.stop();
  await fleet?.stop();
});
afterEach(() => expect(visitors.complaints.splice(0)).toEqual([]));

test('settings are saved under a name, chosen again, renamed, exported, imported and deleted', async () => {
  const page = await visitors.visit();
  await addFiles(page, fleet.file('song.wav'));
  await chooseFormats(page, 'Opus');
  await page.getByLabel('Quality of Opus').selectOption('48k');
  await page.getByText('Trim, fades, track, tags and cover').click();
  await page.getByLabel('Fade in over').fill('0.5');
  await page.getByText('Presets', { exact: true }).click();
  await page.getByLabel('Save these settings as').fill('My voice');
  await page.keyboard.press('Enter');
  const own = page.getByRole('group', { name: 'Your presets' });
  await own.getByRole('button', { name: 'My voice' }).waitFor();
  // Nothing was converted by that Enter.
  await convertButton(page).waitFor();
  await screenshot(page, 'preset-saved');

  await page.reload();
  await addFiles(page, fleet.file('song.wav'));
  await chooseFormats(page);
  await page.getByText('Presets', { exact: true }).click();
  await own.getByRole('button', { name: 'My voice' }).click();
  await convertButton(page).first().click();
  await reached(page, 'created');
  const answer = await page.evaluate(async () => await (await fetch('/api/jobs?limit=1')).json());
  expect(answer).toMatchObject({ jobs: [{ format: 'opus', quality: '48k', options: { fadeIn: 0.5 } }] });

  const listed = page.waitForResponse(/\/api\/presets$/);
  await page.getByRole('link', { name: 'Settings' }).click();
  await listed;
  const rename = page.getByRole('button', { name: 'Rename My voice' });
  // While the list is asked for it is switched off: a script's click would do nothing, and nothing would wait for it.
  await rename.click({ trial: true });
  // What has the focus when the click is over: who types on at once types there.
  const focused = await rename.evaluate(async (button) => {
    if (button instanceof HTMLElement) button.click();
    await new Promise((resolve) => setTimeout(resolve));
    return document.activeElement?.id;
  });
  expect(focused).toMatch(/^label-of-/);
  await page.getByLabel('Display name').fill('Voice');
  await page.getByLabel(/^Name for programs/).fill('voice');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('heading', { name: 'Voice', exact: true }).waitFor();
  await screenshot(page, 'presets');
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export to a file' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('wavefleet-presets.json');
  const exported = z
    .object({ presets: z.array(z.record(z.string(), z.unknown())) })
    .parse(JSON.parse(await readFile(await download.path(), 'utf8')));
  const [voice] = exported.presets;
  expect(exported.presets).toMatchObject([{ name: 'voice', label: 'Voice', format: 'opus', quality: '48k' }]);

  const file = fleet.file('presets.json');
  await writeFile(file, JSON.stringify({ presets: [{ ...voice, quality: '96k' }] }));
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Import from a file' }).click();
  await (await choosing).setFiles(file);
  await page.getByText('voice already exists, with other settings than in the file.').waitFor();
  await page.getByRole('button', { name: 'Replace it' }).click();
  await page.getByText(/Opus, 96k/).waitFor();

  await page.getByRole('button', { name: 'Delete Voice' }).click();
  await page.getByText(/^You have no presets yet\./).waitFor();
  expect(await page.evaluate(async () => await (await fetch('/api/presets')).json())).toEqual({
    presets: [],
  });
  expect(await new Client(fleet.apiUrl).presets.list()).toEqual([]);
});
