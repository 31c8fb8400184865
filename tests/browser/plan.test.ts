/** A plan on the page: how much of it is used, and what is said when nothing is left. */
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';
import { addFiles, convert, reached } from './drive.ts';
import { screenshot, Visitors } from './visitors.ts';

let fleet: Fleet;
let visitors: Visitors;
beforeAll(async () => {
  const amounts = { storedBytes: 50_000_000, activeJobs: 3, uploadBytes: 12_000_000 };
  // The bucket drops results after 30 days.
  const PLANS = JSON.stringify({ free: { minutesPerMonth: 1, retentionDays: 60, ...amounts } });
  fleet = await Fleet.start({ workers: 1, env: { PLANS, PLAN_ANONYMOUS: 'free' } });
  visitors = await Visitors.start(fleet.apiUrl);
  await makeSample(fleet.file('long.wav'), { seconds: 66 });
  await makeSample(fleet.file('more.wav'), { seconds: 2 });
  await makeSample(fleet.file('large.wav'), { seconds: 90 });
});
afterAll(async () => {
  await visitors?.stop();
  await fleet?.stop();
});
afterEach(() => expect(visitors.complaints.splice(0)).toEqual([]));

test('the page says how many minutes are used, and when there are more', async () => {
  const page = await visitors.visit();
  const line = page.getByTestId('own-plan');
  await line.getByText('0 of 1 minutes').waitFor();
  await expect
    .poll(() => line.innerText())
    .toContain(
      '0 of 3 jobs at once · 0 B of 50 MB uploaded · up to 12 MB per file · results are kept 30 days',
    );
  await page.getByText('up to 12 MB each').waitFor();
  await addFiles(page, fleet.file('large.wav'));
  await page.getByText('your plan allows up to 12 MB').waitFor();
  await page.getByRole('button', { name: /^Remove large.wav from/ }).click();
  await addFiles(page, fleet.file('long.wav'));
  await convert(page, 'MP3');
  await reached(page, 'completed');
  await line.getByText('1.1 of 1 minutes').waitFor();
  await expect.poll(() => line.innerText()).toMatch(/none left until 1 \w+/);

  await addFiles(page, fleet.file('more.wav'));
  await convert(page, 'MP3');
  await page.getByText('Your plan has no minutes left this month.').waitFor();
  await page.getByText('Who can see your files').click();
  await page.getByText(/A result is kept for 30 days/).waitFor();
  await screenshot(page, 'plan');
  const other = await visitors.visit();
  await other.getByTestId('own-plan').getByText('0 of 1 minutes').waitFor();
});
