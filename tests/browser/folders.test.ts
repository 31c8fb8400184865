/** Folders that are dropped, and tabs that share what lies on the desk. */
import { mkdir, writeFile } from 'node:fs/promises';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';
import { addFiles, card, convert, reached } from './drive.ts';
import { screenshot, Visitors } from './visitors.ts';

let fleet: Fleet;
let visitors: Visitors;
beforeAll(async () => {
  fleet = await Fleet.start({ workers: 1 });
  visitors = await Visitors.start(fleet.apiUrl);
  await mkdir(fleet.file('album/disc 1'), { recursive: true });
  await mkdir(fleet.file('nothing'));
  await makeSample(fleet.file('album/disc 1/first.wav'), { seconds: 2 });
  await makeSample(fleet.file('album/locked.wav'), { seconds: 2 });
  await makeSample(fleet.file('other.flac'), { seconds: 2 });
  await writeFile(fleet.file('album/cover.jpg'), 'a picture');
});
afterAll(async () => {
  await visitors?.stop();
  await fleet?.stop();
});
afterEach(() => expect(visitors.complaints.splice(0)).toEqual([]));

/** As the browser's own drag brings it: a folder that its entries lead into. */
async function drop(page: Page, path: string): Promise<void> {
  const debug = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await debug.send('Input.dispatchDragEvent', { type, x: 200, y: 200, data });
  await debug.detach();
}

/** The disk refuses the file of that name: to root, which tests may run as, a real disk refuses nothing. */
async function lock(page: Page, name: string): Promise<void> {
  await page.evaluate((locked) => {
    const refuse = (_onFile: unknown, onError: (error: DOMException) => void) =>
      onError(new DOMException('no', 'NotReadableError'));
    const onDrop = ({ dataTransfer }: DragEvent) => {
      const folder = dataTransfer?.items[0]?.webkitGetAsEntry();
      if (!(folder && 'createReader' in folder && typeof folder.createReader === 'function')) return;
      const reader = Object.getPrototypeOf(folder.createReader());
      const { readEntries } = reader;
      reader.readEntries = function (onEntries: (entries: FileSystemEntry[]) => void, onError: unknown) {
        const lockOne = (entries: FileSystemEntry[]) => {
          for (const entry of entries)
            if (entry.name === locked) Object.defineProperty(entry, 'file', { value: refuse });
          onEntries(entries);
        };
        readEntries.call(this, lockOne, onError);
      };
    };
    window.addEventListener('drop', onDrop, { capture: true, once: true });
  }, name);
}

test('of a folder what sounds is taken; what does not, and what cannot be read, is told', async () => {
  const page = await visitors.visit();
  await lock(page, 'locked.wav');
  await drop(page, fleet.file('album'));
  await card(page, 'first.wav').waitFor();
  await page.getByRole('alert').getByText('locked.wav could not be read').waitFor();
  await page.getByText('1 file in the folder does not look like audio or video').waitFor();
  expect(await page.getByTestId('card').count()).toBe(1);
  await screenshot(page, 'folder');
});

test('a folder without files says so', async () => {
  const page = await visitors.visit();
  await drop(page, fleet.file('nothing'));
  await page.getByRole('alert').getByText('There are no files in what you added.').waitFor();
});

test('two tabs: each keeps what the other has put on the desk', async () => {
  const one = await visitors.visit();
  const other = await one.context().newPage();
  await other.goto(fleet.apiUrl);
  await addFiles(one, fleet.file('album/locked.wav'));
  await convert(one, 'MP3');
  await reached(one, 'completed');
  await addFiles(other, fleet.file('other.flac'));
  await card(other, 'other.flac').getByText('Uploaded.').waitFor();
  await one.reload();
  await reached(card(one, 'locked.wav'), 'completed');
  await card(one, 'other.flac').waitFor();
  expect(await one.getByTestId('card').count()).toBe(2);
});
