/** Signing in, in a real browser, with the provider of this machine. */
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { freePort } from '@wavefleet/localstack/embedded/free-port.ts';
import { type LocalProvider, startProvider } from '@wavefleet/localstack/sign-in.ts';
import { newTokenKey } from '@wavefleet/platform/people/token-keys.ts';
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

test('who comes back with an old sign-in reads what happened, and goes on from there', async () => {
  const page = await visitors.visit();
  await page.goto(`${fleet.apiUrl}/api/auth/callback/oidc?code=old&state=old`);
  await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
  await screenshot(page, 'sign-in-again');
  await page.getByRole('link', { name: 'Sign in again' }).click();
  await page.getByRole('link', { name: 'Sign in with the provider of this machine' }).waitFor();
});

test('no script of the page sees a token', async () => {
  const page = await visitors.visit();
  await signIn(page, 'eve');
  const seen = await page.evaluate(
    () => document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage }),
  );
  expect(seen).not.toMatch(/wavefleet-(access|session)|eyJ/);
});
