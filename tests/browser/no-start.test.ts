/** The page where its script does not run. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
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

async function open(javaScriptEnabled: boolean, prepare?: (page: Page) => Promise<unknown>): Promise<Page> {
  const browser = (await visitors.visit()).context().browser() ?? expect.fail();
  const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
  await prepare?.(page);
  await page.goto(fleet.apiUrl);
  return page;
}

test('without JavaScript the page says so, and how to convert without it', async () => {
  const page = await open(false);
  // By its name only: to look for roles, a script would have to run.
  await page.locator('noscript h1', { hasText: 'This page needs JavaScript' }).waitFor();
  await page.locator('noscript pre', { hasText: '/api/upload-audio' }).waitFor();
  await page.locator('.not-begun').waitFor({ state: 'hidden' });
  await screenshot(page, 'no-script');
});

test('a script that does not arrive, as while the server is updated, leaves no empty page', async () => {
  const page = await open(true, (page) =>
    page.route('**/assets/*.js', (route) => route.fulfill({ status: 404, body: '' })),
  );
  await page.getByRole('heading', { name: 'wavefleet did not load' }).waitFor();
  await page.unroute('**/assets/*.js');
  await page.reload();
  await page.getByRole('button', { name: 'Choose files' }).waitFor();
  expect(await page.getByText('did not load').count()).toBe(0);
});
