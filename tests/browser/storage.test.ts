/** The page in browsers that keep little or nothing for it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';
import { requireChromium } from './chromium.ts';
import { addFiles, convert, reached } from './drive.ts';
import { Visitors } from './visitors.ts';

let fleet: Fleet;
let visitors: Visitors;
beforeAll(async () => {
  fleet = await Fleet.start({ workers: 1 });
  visitors = await Visitors.start(fleet.apiUrl);
  await makeSample(fleet.file('short.flac'), { seconds: 2 });
});
afterAll(async () => {
  await visitors?.stop();
  await fleet?.stop();
});
afterEach(() => expect(visitors.complaints.splice(0)).toEqual([]));

test('a browser without storage converts all the same, and everything of it can be deleted', async () => {
  const page = await visitors.visit({
    prepare: (context) =>
      context.addInitScript(() => {
        for (const name of ['localStorage', 'indexedDB']) {
          Object.defineProperty(window, name, {
            get: () => {
              throw new DOMException('Access is denied for this document.', 'SecurityError');
            },
          });
        }
      }),
  });
  await addFiles(page, fleet.file('short.flac'));
  await convert(page, 'MP3');
  await reached(page, 'completed');
  await page.getByRole('link', { name: 'History', exact: true }).click();
  await page.getByRole('button', { name: 'Delete all my data…' }).click();
  await page.getByRole('button', { name: 'Delete everything for good' }).click();
  await page.getByRole('heading', { name: 'All your data is deleted' }).waitFor();
});

test('where cookies are blocked the page says so, and what to do', async () => {
  const profile = mkdtempSync(join(tmpdir(), 'wavefleet-profile-'));
  mkdirSync(join(profile, 'Default'));
  const blocked = { profile: { default_content_setting_values: { cookies: 2 } } };
  writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify(blocked));
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: requireChromium(),
    args,
  });
  try {
    const page = await context.newPage();
    await page.goto(fleet.apiUrl);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('This page needs a cookie');
    await page.getByRole('alert').getByText('Allow cookies for this site in your browser').waitFor();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
});
