/** The history page while versions change: jobs of yesterday's and of tomorrow's servers stand side by side. */
import { createHash } from 'node:crypto';
import { loadConfig } from '@wavefleet/platform/config.ts';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { makePlatform } from '@wavefleet/platform/platform.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';
import { type Fixture, fromTheFuture, readFixture, store, versions } from '../rolling/fixture.ts';
import { Visitors } from './visitors.ts';

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

test('the history shows what an older version stored, and what a newer one did', async () => {
  const page = await visitors.visit();
  const cookie = (await page.context().cookies()).find(({ name }) => name === 'wavefleet') ?? expect.fail();
  const ownerId = `browser:${createHash('sha256').update(cookie.value).digest('base64url')}`;
  const platform = makePlatform(loadConfig({ ...fleet.env, LOG_LEVEL: 'silent' }), makeLog('test', 'silent'));
  const ofThisBrowser = ({ jobs, ...rest }: Fixture, fileName: string) => ({
    ...rest,
    jobs: jobs.filter(({ status }) => status === 'completed').map((job) => ({ ...job, ownerId, fileName })),
  });
  const { bucket } = platform.objects;
  const [old, today] = versions.map((version) => readFixture(version, bucket));
  await store(platform, ofThisBrowser(old ?? expect.fail(), 'yesterday.wav'));
  await store(platform, ofThisBrowser(fromTheFuture(today ?? expect.fail()), 'tomorrow.wav'));
  platform.close();

  await page.goto(`${fleet.apiUrl}/#/history`);
  await page.reload();
  const rows = page.getByTestId('history-row');
  await rows.filter({ hasText: 'yesterday.wav' }).first().waitFor();
  const future = rows.filter({ hasText: 'tomorrow.wav' }).first();
  await future.waitFor();
  // A format that neither this server nor this page knows is called by its name.
  await expect.poll(() => future.innerText()).toContain('hologram');
  expect(visitors.complaints).toEqual([]);
});
