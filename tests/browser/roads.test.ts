/** Where the bytes of an upload go: straight to the storage, through the API, or there when the storage is shut. */

import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, expect, test } from 'vitest';
import { addFiles, convert, reached } from './drive.ts';
import { Stage } from './visitors.ts';

/** Origins that parts were sent to, without repeats. */
function watchParts(page: Page): Set<string> {
  const origins = new Set<string>();
  page.on('requestfinished', (request) => {
    if (request.method() === 'PUT') origins.add(new URL(request.url()).origin);
  });
  return origins;
}

async function upload(stage: Stage, page: Page): Promise<Set<string>> {
  const origins = watchParts(page);
  await addFiles(page, stage.file('two-parts.wav'));
  await convert(page, 'MP3');
  await reached(page, 'completed');
  return origins;
}

/** A little more than two parts of 8 MiB. */
const makeFile = (stage: Stage) => makeSample(stage.file('two-parts.wav'), { seconds: 100 });

let stage: Stage | undefined;
afterEach(() => expect(stage?.complaints.splice(0)).toEqual([]));

test('browsers that reach the storage send to it, others through the API', async () => {
  stage = await Stage.start();
  await makeFile(stage);
  const storage = new URL(stage.fleet.env.AWS_ENDPOINT_URL ?? '').origin;
  const api = new URL(stage.fleet.apiUrl).origin;
  expect(await upload(stage, await stage.visit())).toEqual(new Set([storage]));
  const cutOff = await stage.visit();
  await cutOff.route(
    (url) => url.origin === storage,
    (route) => route.abort(),
  );
  expect(await upload(stage, cutOff)).toEqual(new Set([api]));
});

test('a fleet whose storage browsers cannot reach takes everything through the API', async () => {
  await stage?.stop();
  stage = await Stage.start({ env: { S3_BROWSER_ACCESS: 'false' } });
  await makeFile(stage);
  expect(await upload(stage, await stage.visit())).toEqual(new Set([new URL(stage.fleet.apiUrl).origin]));
});

afterAll(() => stage?.stop());
