/** The page over HTTPS, behind something that ends it, as in AWS: signing in, converting, sharing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { type LocalProvider, startProvider } from '@wavefleet/localstack/sign-in.ts';
import { newTokenKey } from '@wavefleet/platform/people/token-keys.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';
import { startTlsFront, type TlsFront } from '../bring-up/tls-front.ts';
import { addFiles, convert, reached, signIn } from './drive.ts';
import { Visitors } from './visitors.ts';

let dir: string;
let front: TlsFront;
let fleet: Fleet;
let provider: LocalProvider;
let visitors: Visitors;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wavefleet-https-'));
  front = await startTlsFront(dir);
  provider = await startProvider(front.url);
  fleet = await Fleet.start({
    workers: 1,
    env: {
      ...{ AUTH: 'optional', PUBLIC_URL: front.url, TRUSTED_PROXIES: '1' },
      TOKEN_KEYS: JSON.stringify({ keys: [newTokenKey()] }),
      ...provider.env,
    },
  });
  front.leadTo(fleet.apiUrl);
  visitors = await Visitors.start(front.url);
  await makeSample(fleet.file('song.flac'), { seconds: 2 });
});
afterAll(async () => {
  await visitors?.stop();
  await fleet?.stop();
  await provider?.stop();
  await front?.stop();
  await rm(dir, { recursive: true, force: true });
});
afterEach(() => expect(visitors.complaints.splice(0)).toEqual([]));

test('converted unknown, then signed in: the job is the account’s, and every cookie is for HTTPS and this host alone', async () => {
  const page = await visitors.visit({ ignoreHTTPSErrors: true });
  await addFiles(page, fleet.file('song.flac'));
  await convert(page, 'MP3');
  await reached(page, 'completed');
  await signIn(page, 'ann');
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByTestId('history-row').waitFor();

  const cookies = await page.context().cookies(front.url);
  const ours = cookies.filter(({ name }) => name.includes('wavefleet'));
  expect(ours.map(({ name }) => name).toSorted()).toEqual(
    expect.arrayContaining(['__Host-wavefleet-access', '__Host-wavefleet-session']),
  );
  for (const { name, secure, httpOnly, path, domain, sameSite } of ours)
    expect({ name, secure, httpOnly, path, domain, sameSite }).toEqual({
      ...{ name, secure: true, httpOnly: true, path: '/', domain: '127.0.0.1' },
      sameSite: expect.stringMatching(/^(Lax|Strict)$/),
    });

  // Writing needs an Origin of ours, which over HTTPS is what PUBLIC_URL says and not what the API listens on.
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('link', { name: 'Sign in' }).waitFor();
  const left = await page.context().cookies(front.url);
  expect(left.map(({ name }) => name)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/-(access|session)$/)]),
  );
});
