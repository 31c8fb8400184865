/** A page that was opened before the server was updated. */
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Fleet, holdingWorker } from '../bring-up/fleet.ts';
import { addFiles, convert, plans, reached } from './drive.ts';
import { Visitors } from './visitors.ts';

let fleet: Fleet;
let visitors: Visitors;
beforeAll(async () => {
  fleet = await Fleet.start({ workers: 0, entries: { worker: holdingWorker }, restartWorkers: false });
  visitors = await Visitors.start(fleet.apiUrl);
  await makeSample(fleet.file('short.flac'), { seconds: 5 });
});
afterAll(async () => {
  await visitors?.stop();
  await fleet?.stop();
});
afterEach(() => expect(visitors.complaints.splice(0)).toEqual([]));

/** From now on the server answers as a newer one does. */
const rewrite = (page: Page, path: RegExp, newer: (body: string) => string) =>
  page.route(path, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: newer(await response.text()) });
  });

test('a stage, a warning and a mending that only a newer server knows: the job is followed to its end', async () => {
  const held = await fleet.addWorker({ HOLD_AT_STAGE: 'convert' });
  const page = await visitors.visit();
  await page.route(/\/events$/, (route) => route.abort());
  await rewrite(page, /\/api\/progress\?/, (body) =>
    body.replace(/"step":"\w+"/, '"step":"polish"').replace(/"stage":"converting"/, '"stage":"polishing"'),
  );
  await rewrite(page, /\/api\/jobs(\/[\w-]+|\?.*)$/, (body) =>
    body
      .replaceAll('"warnings":[]', '"warnings":[{"code":"POLISHED","message":"It was polished."}]')
      .replaceAll(
        '"attempt":',
        '"fix":{"label":"Without polish","changes":{"options":{"polish":9}}},"shine":1,"attempt":',
      ),
  );
  await addFiles(page, fleet.file('short.flac'));
  await convert(page, 'MP3');
  await reached(page, 'processing');
  const line = plans(page, 'processing').getByTestId('job-line');
  await line.getByText(/^Converting/).waitFor();
  held.process.send('go');
  await reached(page, 'completed');
  await page.getByText('It was polished.').waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
});

test('answers that the page cannot read: it says of what kind they are, and what to do', async () => {
  const page = await visitors.visit();
  await rewrite(page, /\/api\/jobs\?/, (body) => body.replace('"jobs"', '"conversions"'));
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await page.getByRole('alert').getByText('The server now runs another version').waitFor();
  await page.unroute(/\/api\/jobs\?/);
  await page.getByRole('button', { name: 'Reload the page' }).click();
  await page.getByRole('button', { name: 'Choose files' }).waitFor();
  await expect.poll(() => page.getByRole('alert').count()).toBe(0);
});

test('nobody may ask any more: the page says so, and leads to where one signs in', async () => {
  const page = await visitors.visit();
  const error = { code: 'UNAUTHENTICATED', message: 'This needs to know who asks.', requestId: 'r' };
  await page.route(/\/api\/(jobs\?|auth\/refresh)/, (route) =>
    route.fulfill({ status: 401, json: { error } }),
  );
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await page.getByRole('alert').getByText('You are no longer signed in.').waitFor();
  await page.getByRole('alert').getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
});
