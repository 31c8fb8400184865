/** The page for everybody: axe, a phone, the keyboard alone. */
import { writeFile } from 'node:fs/promises';
import type { Child } from '@wavefleet/localstack/child.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { source as axe } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Fleet, holdingWorker } from '../bring-up/fleet.ts';
import { zeros } from '../bring-up/not-audio.ts';
import { addFiles, convert, convertButton, focused, reached, setLine, tabTo } from './drive.ts';
import { screenshot, Visitors } from './visitors.ts';

let fleet: Fleet;
let visitors: Visitors;
let held: Child;
beforeAll(async () => {
  fleet = await Fleet.start({ workers: 0, entries: { worker: holdingWorker }, restartWorkers: false });
  visitors = await Visitors.start(fleet.apiUrl);
  await makeSample(fleet.file('long.wav'), { seconds: 200 });
  await makeSample(fleet.file('short.flac'), { seconds: 5 });
  await writeFile(fleet.file('letter.wav'), zeros);
});
afterAll(async () => {
  await visitors?.stop();
  await fleet?.stop();
});
afterEach(() => expect(visitors.complaints.splice(0)).toEqual([]));

/** Takes the page through all of its faces and calls `look` at each. */
async function everyView(page: Page, look: (name: string) => Promise<void>): Promise<void> {
  held = await fleet.addWorker({ HOLD_AT_STAGE: 'convert' }, 0);
  await look('empty');
  await setLine(page, { uploadBytesPerSecond: 2_000_000 });
  await addFiles(page, fleet.file('long.wav'));
  await page.getByText(/MB\/s/).waitFor();
  await page.getByText('Presets', { exact: true }).click();
  await page.getByLabel('Save these settings as').fill('Interview in two languages');
  await page.getByRole('button', { name: 'Save as preset' }).click();
  await page.getByRole('group', { name: 'Your presets' }).waitFor();
  await page.getByText('Trim, fades, track, tags and cover').click();
  await look('uploading');
  await page.getByRole('button', { name: /^Pause/ }).click();
  await look('paused');
  await page.getByRole('button', { name: /^Cancel long.wav/ }).click();
  await setLine(page);
  await addFiles(page, fleet.file('short.flac'));
  await convert(page, 'MP3', 'FLAC');
  await reached(page, 'processing');
  await look('converting');
  const free = await fleet.addWorker({}, 1);
  held.process.send('go');
  await held.stop();
  await reached(page, 'completed', 2);
  await page
    .getByRole('button', { name: /^Listen and compare/ })
    .first()
    .click();
  await page.locator('[data-testid=player-result][data-wave=shown]').waitFor();
  await look('done');
  await addFiles(page, fleet.file('letter.wav'));
  await convert(page, 'MP3');
  await reached(page, 'failed');
  await look('failed');
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByTestId('history-row').nth(2).waitFor();
  await page
    .getByRole('button', { name: /^Delete/ })
    .first()
    .click();
  await look('history');
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByText('There are no keys yet.').waitFor();
  await page.getByLabel('Name of the key').fill('night import');
  await page.getByRole('button', { name: 'Make a key' }).click();
  await page.getByTestId('key-token').waitFor();
  await page.getByRole('button', { name: /^Rename Interview/ }).click();
  await page.getByLabel('Address of the webhook').fill('https://example.com/hook');
  await page.getByRole('button', { name: 'Add a webhook' }).click();
  await page.getByTestId('webhook-secret').waitFor();
  // Nobody delivers here: it stays on its way.
  await page.getByRole('button', { name: /^Send a test/ }).click();
  await page.getByTestId('delivery').waitFor();
  await look('keys');
  await free.stop();
}

test.each(['light', 'dark'] as const)('axe finds nothing in any view (%s)', async (colorScheme) => {
  const page = await visitors.visit({ colorScheme, reducedMotion: 'reduce' });
  const found: string[] = [];
  await everyView(page, async (name) => {
    // By the debugger, which the page's policy does not bind.
    await page.evaluate(axe);
    const violations = await page.evaluate(async () => {
      const engine: unknown = Reflect.get(window, 'axe');
      const run: unknown = Reflect.get(Object(engine), 'run');
      if (typeof run !== 'function') throw new Error('axe is not there');
      const result: unknown = await Reflect.apply(run, engine, []);
      return JSON.stringify(Reflect.get(Object(result), 'violations'));
    });
    if (violations !== '[]') found.push(`${name}: ${violations}`);
    await screenshot(page, `${name}-${colorScheme}`);
  });
  expect(found).toEqual([]);
  // axe itself tries out a forbidden inline style. The next test sees the same views without it.
  visitors.complaints.splice(0);
});

test('a phone of 360 pixels: no view scrolls sideways', async () => {
  const page = await visitors.visit({
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    isMobile: true,
  });
  const wide: string[] = [];
  await everyView(page, async (name) => {
    const widths = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    if ((widths[0] ?? 0) > 360) wide.push(`${name}: ${widths.join(' of ')}`);
    await screenshot(page, `${name}-phone`);
  });
  expect(wide).toEqual([]);
});

test('the keyboard alone is enough, and where it is can be seen', async () => {
  const worker = await fleet.addWorker({}, 0);
  const page = await visitors.visit();
  const chooser = page.waitForEvent('filechooser');
  await tabTo(page, page.getByRole('button', { name: 'Choose files' }));
  const outline = await page.evaluate(
    () => getComputedStyle(document.activeElement ?? document.body).outlineStyle,
  );
  expect(outline).toBe('solid');
  await page.keyboard.press('Enter');
  await (await chooser).setFiles([fleet.file('short.flac')]);
  await convertButton(page).waitFor();
  await tabTo(page, page.getByRole('checkbox', { name: 'Opus', exact: true }));
  await page.keyboard.press('Space');
  await tabTo(page, page.getByLabel('Quality of Opus'));
  await page.keyboard.press('ArrowDown');
  await tabTo(page, convertButton(page));
  await page.keyboard.press('Enter');
  // The button is gone with its panel; the focus is where the work goes on.
  await focused(page, 'files-heading');
  await reached(page, 'completed', 2);
  const downloading = page.waitForEvent('download');
  await tabTo(page, page.getByRole('link', { name: /^Download short.flac as Opus/ }));
  await page.keyboard.press('Enter');
  expect((await downloading).suggestedFilename()).toBe('short.opus');
  await tabTo(page, page.getByRole('button', { name: /^Listen and compare short.flac as Opus/ }));
  await page.keyboard.press('Enter');
  await page.locator('[data-testid=player-result][data-wave=shown]').waitFor();
  const seek = page.getByRole('slider', { name: 'Position in the result' });
  await tabTo(page, seek);
  await page.keyboard.press('ArrowRight');
  await until('the position', async () => (await seek.getAttribute('aria-valuetext')) === '0:05 of 0:05');
  await worker.stop();
});
