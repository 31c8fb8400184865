/** API keys on the page: made, shown once, used by a program, revoked. */
import { Client } from '@wavefleet/client/client.ts';
import { Problem } from '@wavefleet/client/problem.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';
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
  await page.getByRole('link', { name: 'Keys' }).click();
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
