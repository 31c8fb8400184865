/** Where the bytes of an upload go: straight to the storage, through the API, or there when the storage is shut. */

import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';
import { addFiles, convert, reached } from './drive.ts';
import { Visitors } from './visitors.ts';

/** Origins that parts were sent to, without repeats. */
function watchParts(page: Page): Set<string> {
  const origins = new Set<string>();
  page.on('requestfinished', (request) => {
    if (request.method() === 'PUT') origins.add(new URL(request.url()).origin);
  });
  return origins;
}

async function upload(fleet: Fleet, page: Page): Promise<Set<string>> {
  const origins = watchParts(page);
  await addFiles(page, fleet.file('two-parts.wav'));
  await convert(page, 'MP3');
  await reached(page, 'completed');
  return origins;
}

/** A fleet of the test's own, and the page's visitors. */
async function open(env: Record<string, string> = {}): Promise<{ fleet: Fleet; visitors: Visitors }> {
  const fleet = await Fleet.start({ workers: 1, env });
  onTestFinished(() => fleet.stop());
  const visitors = await Visitors.start(fleet.apiUrl);
  onTestFinished(async () => {
    await visitors.stop();
    expect(visitors.complaints).toEqual([]);
  });
  // A little more than two parts of 8 MiB.
  await makeSample(fleet.file('two-parts.wav'), { seconds: 100 });
  return { fleet, visitors };
}

test('browsers that reach the storage send to it, others through the API', async () => {
  const { fleet, visitors } = await open();
  const storage = new URL(fleet.env.AWS_ENDPOINT_URL ?? '').origin;
  const api = new URL(fleet.apiUrl).origin;
  expect(await upload(fleet, await visitors.visit())).toEqual(new Set([storage]));
  const cutOff = await visitors.visit();
  await cutOff.route(
    (url) => url.origin === storage,
    (route) => route.abort(),
  );
  expect(await upload(fleet, cutOff)).toEqual(new Set([api]));
});

test('a fleet whose storage browsers cannot reach takes everything through the API', async () => {
  const { fleet, visitors } = await open({ S3_BROWSER_ACCESS: 'false' });
  expect(await upload(fleet, await visitors.visit())).toEqual(new Set([new URL(fleet.apiUrl).origin]));
});
