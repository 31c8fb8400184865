/** The page as browsers get it: cached where that is safe, shut off by its policy, and nothing beside what was built. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { loadWebPage } from '@wavefleet/api/page/web-page.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stand } from '../bring-up/stand.ts';
import { refusal } from './refusal.ts';

const script = 'console.log("wave");\n'.repeat(500);

/** An API over a built page with this HTML. */
async function standWith(html: string): Promise<{ api: Stand; stop: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'wavefleet-page-'));
  const built = join(dir, 'dist');
  await mkdir(join(built, 'assets'), { recursive: true });
  await writeFile(join(dir, 'secret.txt'), 'not for the world');
  await writeFile(join(built, 'index.html'), html);
  await writeFile(join(built, 'assets', 'index-4f2a.js'), script);
  await writeFile(join(built, 'assets', 'index-4f2a.js.br'), brotliCompressSync(script));
  await writeFile(join(built, 'assets', 'index-4f2a.js.gz'), gzipSync(script));
  await writeFile(join(built, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  const api = await Stand.start({ webPage: await loadWebPage(built) });
  return {
    api,
    stop: async () => {
      await api.stop();
      await rm(dir, { recursive: true });
    },
  };
}

describe('a page without inline styles', () => {
  let api: Stand;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    ({ api, stop } = await standWith('<!doctype html><title>wavefleet</title>'));
  });
  afterAll(() => stop());

  test('comes with its policy, its cookie and a tag', async () => {
    const response = await api.request('/');
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('<title>wavefleet</title>');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=UTF-8',
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'set-cookie': expect.stringContaining('HttpOnly'),
    });
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; /);
    expect(policy).toContain(`connect-src 'self' ${new URL(api.services.url).origin};`);
  });

  test('is not sent again to a browser that has it and its cookie', async () => {
    const first = await api.request('/');
    const tag = { 'if-none-match': first.headers.get('etag') ?? '' };
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
    const again = await api.request('/', { headers: { ...tag, cookie } });
    expect(again.status).toBe(304);
    // A year more.
    expect(again.headers.get('set-cookie')).toContain(cookie);
    const forgetful = await api.request('/', { headers: tag });
    expect(forgetful.status).toBe(200);
    expect(forgetful.headers.get('set-cookie')).not.toContain(cookie);
  });

  test('hashed files stay for ever, others are asked for again', async () => {
    const asset = await api.request('/assets/index-4f2a.js', { headers: { 'accept-encoding': 'identity' } });
    expect(await asset.text()).toBe(script);
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(asset.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(asset.headers.get('set-cookie')).toBeNull();
    const icon = await api.request('/favicon.svg');
    expect(icon.headers.get('cache-control')).toBe('no-cache');
    const headers = { 'if-none-match': icon.headers.get('etag') ?? '' };
    expect((await api.request('/favicon.svg', { headers })).status).toBe(304);
    expect((await api.request('/assets/index-4f2a.js', { method: 'HEAD' })).status).toBe(200);
  });

  test.each([
    ['br, gzip', 'br'],
    ['gzip', 'gzip'],
    ['deflate', null],
  ])('who takes %s gets %s', async (accepted, encoding) => {
    const response = await api.request('/assets/index-4f2a.js', {
      headers: { 'accept-encoding': accepted },
    });
    expect(response.headers.get('content-encoding')).toBe(encoding);
    expect(response.headers.get('vary')).toContain('Accept-Encoding');
    expect(await response.text()).toBe(script);
  });

  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
    '/assets/..%5c..%5csecret.txt',
    '//etc/passwd',
    '/assets/',
    '/assets',
    '/index.html',
    '/assets/index-4f2a.js.br',
    '/nothing',
    '/assets/index-4f2a.js%00',
  ])('%s is not there', async (path) => {
    const answer = await raw(api.port, path);
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).not.toContain('not for the world');
  });

  test('other methods are not taken', async () => {
    expect(await refusal(await api.request('/', { method: 'POST' }))).toBe('405 METHOD_NOT_ALLOWED');
  });
});

test('a page with a place for a nonce gets a new one in every answer, and no tag', async () => {
  const { api, stop } = await standWith('<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__">');
  try {
    const nonces = new Set<string>();
    for (let round = 0; round < 3; round++) {
      const response = await api.request('/');
      const nonce = /content="([^"]+)"/.exec(await response.text())?.[1] ?? '';
      expect(nonce).toMatch(/^[\w+/]{22}==$/);
      expect(response.headers.get('content-security-policy')).toContain(`style-src 'self' 'nonce-${nonce}';`);
      expect(response.headers.get('etag')).toBeNull();
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(3);
  } finally {
    await stop();
  }
});

/** The answer to a path that fetch would tidy up first. */
async function raw(port: number, path: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}
