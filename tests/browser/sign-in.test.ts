/** Signing in, in a real browser, with the provider of this machine. */
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { freePort } from '@wavefleet/localstack/embedded/free-port.ts';
import { type LocalProvider, startProvider } from '@wavefleet/localstack/sign-in.ts';
import { newTokenKey } from '@wavefleet/platform/people/token-keys.ts';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';
import { addFiles, convert, reached, signIn } from './drive.ts';
import { screenshot, Visitors } from './visitors.ts';

let fleet: Fleet;
let provider: LocalProvider;
let visitors: Visitors;
beforeAll(async () => {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  provider = await startProvider(publicUrl);
  fleet = await Fleet.start({
    ...{ workers: 1, port },
    env: {
      ...{ AUTH: 'optional', PUBLIC_URL: publicUrl, ACCESS_SECONDS: '5' },
      TOKEN_KEYS: JSON.stringify({ keys: [newTokenKey()] }),
      ...provider.env,
    },
  });
  visitors = await Visitors.start(fleet.apiUrl);
  await makeSample(fleet.file('song.flac'), { seconds: 2 });
});
afterAll(async () => {
  await visitors?.stop();
  await fleet?.stop();
  await provider?.stop();
});
afterEach(() => expect(visitors.complaints.splice(0)).toEqual([]));

test('what a browser has converted is the account’s, here and elsewhere, and nobody’s who signs out', async () => {
  const page = await visitors.visit();
  await addFiles(page, fleet.file('song.flac'));
  await convert(page, 'MP3');
  await reached(page, 'completed');
  await signIn(page, 'ann');
  await screenshot(page, 'signed-in');
  const elsewhere = await visitors.visit();
  await signIn(elsewhere, 'ann');
  for (const each of [page, elsewhere]) {
    await each.getByRole('link', { name: 'History' }).click();
    await each.getByTestId('history-row').waitFor();
  }
  // Beyond the life of an access token, which is five seconds here; the clock tolerance is a minute, the cookie's is none.
  await page.waitForFunction(
    async () => !(await fetch('/api/me')).ok || performance.now() > 12_000,
    undefined,
    {
      polling: 1_000,
      timeout: 30_000,
    },
  );
  expect(await page.evaluate(async () => Reflect.get(await (await fetch('/api/me')).json(), 'kind'))).toBe(
    'account',
  );
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('link', { name: 'Sign in' }).waitFor();
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByText('Nothing here yet.').waitFor();
});

test('who changes their mind at the provider is back on the page, and not signed in', async () => {
  const page = await visitors.visit();
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Sign in with the provider of this machine' }).click();
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByText('You were not signed in').waitFor();
  await screenshot(page, 'sign-in-denied');
});

test('who opens a used address of a sign-in again reads what happened, here and elsewhere, and is signed in to nothing new', async () => {
  const page = await visitors.visit();
  const callback = page.waitForRequest(/\/api\/auth\/callback\/oidc\?/);
  await signIn(page, 'fay');
  const used = (await callback).url();
  const elsewhere = await visitors.visit();
  for (const each of [elsewhere, page]) {
    const answer = await each.goto(used);
    expect(answer?.status()).toBe(400);
    await each.getByRole('heading', { name: 'You are not signed in' }).waitFor();
  }
  await screenshot(elsewhere, 'sign-in-again');
  // Whose it was is signed in as before, whoever else has tried it.
  await page.goto(fleet.apiUrl);
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  await elsewhere.getByRole('link', { name: 'Sign in again' }).click();
  await elsewhere.getByRole('link', { name: 'Sign in with the provider of this machine' }).waitFor();
  expect(await kindIn(elsewhere)).toBe('browser');
});

const kindIn = (page: Page) =>
  page.evaluate(async () => Reflect.get(await (await fetch('/api/me')).json(), 'kind'));
const refreshed = (page: Page) =>
  page.waitForResponse((answer) => answer.url().endsWith('/api/auth/refresh'), { timeout: 30_000 });

test('a refresh token of before, put back into the browser, ends the session, and the page says so by itself', async () => {
  const page = await visitors.visit();
  await signIn(page, 'gil');
  const ours = async () =>
    (await page.context().cookies()).filter(({ name }) => name === 'wavefleet-session');
  const [old] = await ours();
  if (old === undefined) return expect.fail('there is no session');
  // Until the page has used it, and what it was given after it: that is what somebody had copied.
  for (let each = 0; each < 2; each += 1) expect((await refreshed(page)).status()).toBe(200);
  expect((await ours())[0]?.value).not.toBe(old.value);
  await page.context().addCookies([old]);
  const refusal = refreshed(page);
  expect((await refusal).status()).toBe(401);
  await page.getByRole('link', { name: 'Sign in' }).waitFor();
  expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0);
  expect(await ours()).toEqual([]);
  expect(await kindIn(page)).toBe('browser');
});

test.each([
  ['ahead', 7],
  ['behind', -7],
])(
  'in a browser whose clock is minutes %s one signs in, and stays so beyond the life of a token',
  async (_, minutes) => {
    const page = await visitors.visit();
    await page.context().clock.install({ time: Date.now() + minutes * 60_000 });
    await page.reload();
    const offMs = await page.evaluate(() => Date.now());
    expect(Math.abs(offMs - Date.now())).toBeGreaterThan(6 * 60_000);
    await signIn(page, 'hal');
    // The second one comes when the first one's token has nearly ended.
    for (let each = 0; each < 2; each += 1) expect((await refreshed(page)).status()).toBe(200);
    expect(await kindIn(page)).toBe('account');
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
  },
);

test('no script of the page sees a token', async () => {
  const page = await visitors.visit();
  await signIn(page, 'eve');
  const seen = await page.evaluate(
    () => document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage }),
  );
  expect(seen).not.toMatch(/wavefleet-(access|session)|eyJ/);
});
