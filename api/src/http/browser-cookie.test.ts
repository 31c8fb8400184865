/** The browser's cookie: what it looks like, who is known by it, and what it does not give away. */
import { expect, test } from 'vitest';
import { browserOwner, welcomeBrowser } from './browser-cookie.ts';
import { router } from './context.ts';
import { identify } from './owner.ts';

function appOf(settings: { readonly PUBLIC_URL: string | undefined }) {
  const app = router();
  app.use(identify([browserOwner(settings)]));
  app.get('/owner', (c) => c.text(c.var.owner.id));
  app.get('/', (c) => c.text(String(welcomeBrowser(c, settings))));
  return app;
}

const https = { 'x-forwarded-proto': 'https' };
const ask = async (path: string, headers: Record<string, string> = {}, PUBLIC_URL?: string) => {
  const response = await appOf({ PUBLIC_URL }).request(path, { headers });
  const cookie = response.headers.get('set-cookie') ?? '';
  return { text: await response.text(), cookie, pair: cookie.split(';')[0] ?? '' };
};

test('who has no cookie is anonymous, as are those with a made-up one', async () => {
  expect((await ask('/owner')).text).toBe('anonymous');
  for (const value of ['', 'x', 'a'.repeat(44), `${'a'.repeat(42)}=`]) {
    expect((await ask('/owner', { cookie: `wavefleet=${value}` })).text).toBe('anonymous');
  }
});

test('a browser gets a secret of 256 bits that scripts cannot read, and keeps it', async () => {
  const first = await ask('/');
  expect(first.text).toBe('true');
  expect(first.cookie).toMatch(/^wavefleet=[\w-]{43}; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/);
  const again = await ask('/', { cookie: first.pair });
  expect(again).toMatchObject({ text: 'false', cookie: first.cookie });
  expect((await ask('/')).pair).not.toBe(first.pair);
});

test('its owner id is always the same and does not give the secret away', async () => {
  const { pair } = await ask('/');
  const { text } = await ask('/owner', { cookie: `other=1; ${pair}` });
  expect(text).toMatch(/^browser:[\w-]{43}$/);
  expect(text).not.toContain(pair.split('=')[1]);
  expect((await ask('/owner', { cookie: pair })).text).toBe(text);
});

test.each([
  ['a proxy says so', https, undefined],
  ['a proxy does not say so, and PUBLIC_URL does', {}, 'https://audio.example'],
])(
  'over HTTPS, where %s, only a cookie that this very host set securely counts',
  async (_, headers, publicUrl) => {
    const secure = await ask('/', headers, publicUrl);
    expect(secure.cookie).toMatch(/^__Host-wavefleet=[\w-]{43}; .*Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    const ownerOf = async (cookie: string) => (await ask('/owner', { ...headers, cookie }, publicUrl)).text;
    expect(await ownerOf(secure.pair)).toMatch(/^browser:/);
    const planted = (await ask('/')).pair;
    expect(await ownerOf(planted)).toBe('anonymous');
    expect((await ask('/owner', { cookie: secure.pair })).text).toBe('anonymous');
  },
);
