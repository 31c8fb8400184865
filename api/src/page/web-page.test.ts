/** A built page on disk, as it is read at start. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadWebPage } from './web-page.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wavefleet-page-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('without a build there is no page', async () => {
  expect(await loadWebPage(join(dir, 'nowhere'))).toBeUndefined();
  await mkdir(join(dir, 'empty'));
  expect(await loadWebPage(join(dir, 'empty'))).toBeUndefined();
});

test('every file is known by its path, and its compressed forms by its own', async () => {
  const built = join(dir, 'built');
  await mkdir(join(built, 'assets'), { recursive: true });
  for (const [name, text] of [
    ['index.html', '<!doctype html>'],
    ['index.html.br', 'packed'],
    ['assets/index-4f2a.js', 'script'],
    ['assets/index-4f2a.js.br', 'brotli'],
    ['assets/index-4f2a.js.gz', 'gzip'],
    ['favicon.ico', 'icon'],
    ['sample.tar.gz', 'archive'],
  ] as const) {
    await writeFile(join(built, name), text);
  }
  const page = (await loadWebPage(`${built}/`)) ?? expect.fail();
  expect(page.html).toBe('<!doctype html>');
  expect([...page.files.keys()].sort()).toEqual(['/assets/index-4f2a.js', '/favicon.ico', '/sample.tar.gz']);
  expect(page.files.get('/assets/index-4f2a.js')).toMatchObject({
    mimeType: 'text/javascript; charset=utf-8',
    immutable: true,
    br: Buffer.from('brotli'),
    gzip: Buffer.from('gzip'),
  });
  const icon = page.files.get('/favicon.ico');
  expect(icon).toMatchObject({ immutable: false, mimeType: 'image/x-icon' });
  expect(icon?.br).toBeUndefined();
});
