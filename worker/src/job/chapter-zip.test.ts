/** The zip of a job that makes one file of each chapter. What is in it is looked at in `tests/e2e/tags.test.ts`. */
import { access, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ChapterZip, chapterFileName } from './chapter-zip.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefleet-zip-'));
});
afterEach(() => rm(folder, { recursive: true }));

const zipIn = (name: string) =>
  new ChapterZip(join(folder, name), new Date('2026-01-01T00:00:00Z'), new AbortController().signal);

test.each<[number, number, string, string]>([
  [1, 9, 'Prologue', '1 Prologue.mp3'],
  [7, 120, 'Größe: "1/2"', '007 Größe_ _1_2_.mp3'],
  [2, 10, ' ', '02.mp3'],
  [2, 10, 'a\0\n../b', '02 a__.._b.mp3'],
  [3, 3, 'x'.repeat(300), `3 ${'x'.repeat(249)}.mp3`],
])('chapter %i of %i, %j', (number, of, title, name) => {
  expect(chapterFileName(number, of, title, 'mp3')).toBe(name);
});

test('a file that is taken in is away from the disk, and lies in the zip as it was', async () => {
  const zip = zipIn('out.zip');
  for (const text of ['the first file', 'the second']) {
    await writeFile(join(folder, 'out'), text);
    await zip.take(join(folder, 'out'), `${text}.txt`);
    await expect(access(join(folder, 'out'))).rejects.toThrow('ENOENT');
  }
  await zip.close();
  const bytes = await readFile(join(folder, 'out.zip'), 'latin1');
  expect(bytes.match(/the (first file|second)(?!\.txt)/g)).toHaveLength(2);
});

test('a link in place of a result is not followed', async () => {
  const zip = zipIn('out.zip');
  await symlink('/etc/passwd', join(folder, 'out'));
  await expect(zip.take(join(folder, 'out'), 'x')).rejects.toMatchObject({ code: 'CONVERSION_FAILED' });
  zip.abandon();
});

test('what lies in the place of the zip is not written over', async () => {
  await writeFile(join(folder, 'out.zip'), 'mine');
  await writeFile(join(folder, 'out'), 'x');
  const zip = zipIn('out.zip');
  await expect(zip.take(join(folder, 'out'), 'x').then(() => zip.close())).rejects.toThrow('EEXIST');
  expect(await readFile(join(folder, 'out.zip'), 'utf8')).toBe('mine');
});
