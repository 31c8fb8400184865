/** API keys on the page: made, shown once, used by a program, revoked. */
import { writeFile } from 'node:fs/promises';
import { Client } from '@wavefleet/client/client.ts';
import { Problem } from '@wavefleet/client/problem.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';
import { cutOffWav } from '../bring-up/not-audio.ts';
import { addFiles, convert } from './drive.ts';
import { screenshot, Visitors } from './visitors.ts';

let fleet: Fleet;
let visitors: Visitors;
beforeAll(async () => {
  fleet = await Fleet.start({ workers: 0 });
  visitors = await Visitors.start(fleet.apiUrl);
});
afterAll(async () => {
  await visitors?.stop();
  await fleet?.stop();
});
afterEach(() => expect(visitors.complaints.splice(0)).toEqual([]));

test('a key is made, shown once, lets a program in as this browser, and is revoked', async () => {
  const page = await visitors.visit();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByText('There are no keys yet.').waitFor();
  await page.getByLabel('Name of the key').fill('night import');
  await page.getByRole('checkbox', { name: /Upload files/ }).uncheck();
  await page.getByRole('button', { name: 'Make a key' }).click();
  const token = (await page.getByTestId('key-token').textContent()) ?? '';
  expect(token).toMatch(/^wf_live_[\w-]{43}$/);
  await screenshot(page, 'keys');

  const client = new Client(fleet.apiUrl, { token });
  const me = await client.keys.me();
  expect(me).toMatchObject({ kind: 'key', scopes: ['jobs:read', 'jobs:write'] });
  const own = await page.evaluate(async () => await (await fetch('/api/me')).json());
  expect(own).toMatchObject({ kind: 'browser', ownerId: me.ownerId });

  await page.getByRole('button', { name: 'I have it' }).click();
  await page.reload();
  await page.getByTestId('key-row').waitFor();
  expect(await page.content()).not.toContain(token);
  await page.getByRole('button', { name: 'Revoke night import' }).click();
  await page.getByText('There are no keys yet.').waitFor();
  const refused: unknown = await client.keys.me().catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Problem);
  expect(refused).toMatchObject({ code: 'INVALID_TOKEN', status: 401 });
});

test('everything of a browser is deleted, after a second thought, and the page forgets it too', async () => {
  const page = await visitors.visit();
  await writeFile(fleet.file('private.wav'), cutOffWav);
  await addFiles(page, fleet.file('private.wav'));
  await convert(page, 'MP3');
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByLabel('Name of the key').fill('mine');
  await page.getByRole('button', { name: 'Make a key' }).click();
  const client = new Client(fleet.apiUrl, {
    token: (await page.getByTestId('key-token').textContent()) ?? '',
  });
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByTestId('history-row').waitFor();
  await page.getByRole('button', { name: 'Delete all my data' }).click();
  await page.getByRole('button', { name: 'Keep everything' }).click();
  expect((await client.jobs.list()).jobs).toHaveLength(1);

  await page.getByRole('button', { name: 'Delete all my data' }).click();
  await screenshot(page, 'erase');
  await page.getByRole('button', { name: 'Delete everything for good' }).click();
  await page.getByRole('heading', { name: 'All your data is deleted' }).waitFor();
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByText('Nothing here yet.').waitFor();
  await page.getByRole('link', { name: 'Convert', exact: true }).click();
  await page.getByRole('button', { name: 'Choose files' }).waitFor();
  expect(await page.content()).not.toContain('private.wav');
  expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain('private.wav');
  // What a process knows of a key is old after five seconds.
  await expect
    .poll(() => client.keys.me().catch((error: unknown) => (error as Problem).code))
    .toBe('INVALID_TOKEN');
});
