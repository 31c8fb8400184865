/** What filters have printed: the last of it counts, and what breaks off is no figure. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readMeasurements, readText } from './measurements.ts';
import { readLoudness } from './meters.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefleet-measurements-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** As `ebur128` and `ametadata` print each tenth of a second. */
const block = (at: number) =>
  `frame:${at} pts:${at * 4410} pts_time:${at / 10}\nlavfi.r128.I=-${(30 - at / 100).toFixed(2)}\nlavfi.r128.LRA=${at / 100}\nlavfi.r128.true_peaks_ch0=0.5\n`;
const text = Array.from({ length: 1_000 }, (_, at) => block(at)).join('');

test('the last figure of each name counts', async () => {
  await writeFile(join(folder, 'whole.loudness.txt'), text);
  expect((await readMeasurements(folder, 'whole.loudness.txt')).get('r128.I')).toBe(-20.01);
  expect(await readLoudness(folder, 'whole')).toEqual({
    integratedLufs: -20.01,
    rangeLu: 9.99,
    truePeakDbtp: -6.02,
  });
  expect(await readMeasurements(folder, 'nothing.txt')).toEqual(new Map());
});

test('what a full disk has cut off is not taken for the loudness of the whole', async () => {
  // As far as whole blocks of a disk go.
  const cut = Buffer.from(text).subarray(0, 8 * 4_096);
  await writeFile(join(folder, 'cut.loudness.txt'), cut);
  await expect(readLoudness(folder, 'cut')).rejects.toMatchObject({ code: 'DISK_FULL' });
  await expect(readText(folder, 'cut.loudness.txt')).rejects.toMatchObject({ code: 'DISK_FULL' });
});
