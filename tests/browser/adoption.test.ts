/** What a browser has becomes the account's, also where that breaks off: the next visit goes on with it. */
import { freePort } from '@wavefleet/localstack/embedded/free-port.ts';
import { type LocalProvider, startProvider } from '@wavefleet/localstack/sign-in.ts';
import { newTokenKey } from '@wavefleet/platform/people/token-keys.ts';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';
import { cutOffWav } from '../bring-up/not-audio.ts';
import type { Call } from '../bring-up/proxy/call.ts';
import { failing } from '../bring-up/proxy/fault.ts';
import { FaultProxy } from '../bring-up/proxy/fault-proxy.ts';
import { signIn } from './drive.ts';
import { Visitors } from './visitors.ts';

/** More than are moved at once. */
const JOBS = 25;

let fleet: Fleet;
let proxy: FaultProxy;
let provider: LocalProvider;
let visitors: Visitors;
beforeAll(async () => {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  provider = await startProvider(publicUrl);
  fleet = await Fleet.start({
    ...{ workers: 0, port },
    env: {
      ...{ AUTH: 'optional', PUBLIC_URL: publicUrl },
      TOKEN_KEYS: JSON.stringify({ keys: [newTokenKey()] }),
      ...provider.env,
    },
    settingsOf: async (name, { AWS_ENDPOINT_URL = '' }) => {
      proxy ??= new FaultProxy(AWS_ENDPOINT_URL);
      return { AWS_ENDPOINT_URL: await proxy.door(name) };
    },
  });
  visitors = await Visitors.start(fleet.apiUrl);
});
afterAll(async () => {
  await visitors?.stop();
  await fleet?.stop();
  await proxy?.stop();
  await provider?.stop();
});
afterEach(() => {
  proxy.forget();
  expect(visitors.complaints.splice(0)).toEqual([]);
});

/** A visitor who has submitted jobs, which wait. */
async function withJobs(): Promise<Page> {
  const page = await visitors.visit();
  const statuses = await page.evaluate(
    async ({ bytes, count }) => {
      const upload = await fetch('/api/upload-audio', { method: 'POST', body: new Uint8Array(bytes) });
      const { fileId } = await upload.json();
      const submit = async () => {
        const headers = { 'content-type': 'application/json' };
        const body = JSON.stringify({ fileId, format: 'mp3' });
        return (await fetch('/api/jobs', { method: 'POST', headers, body })).status;
      };
      return await Promise.all(Array.from({ length: count }, submit));
    },
    { bytes: [...cutOffWav], count: JOBS },
  );
  expect(statuses).toEqual(Array(JOBS).fill(202));
  return page;
}

/** How many jobs whoever looks at the page has. */
const jobsOf = (page: Page): Promise<number> =>
  page.evaluate(async () => (await (await fetch('/api/jobs?limit=100')).json()).jobs.length);

const gives = ({ operation, body }: Call) =>
  operation === 'UpdateItem' &&
  body?.UpdateExpression === 'SET ownerId = :to' &&
  body.Key?.jobId !== undefined;

/** Those that are moved, but the first ten. */
function butTen(): (call: Call) => boolean {
  const first = new Set<string | undefined>();
  return (call) => {
    if (!gives(call)) return false;
    if (first.size < 10) first.add(call.jobId);
    return !first.has(call.jobId);
  };
}

test('the table breaks off half-way: who signs in is signed in, and the rest comes at the next visit', async () => {
  const page = await withJobs();
  proxy.inject({ hits: butTen(), effect: failing.dynamodb });
  await signIn(page, 'ann');
  await expect.poll(() => jobsOf(page)).toBe(10);
  proxy.forget();
  await page.reload();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  await expect.poll(() => jobsOf(page)).toBe(JOBS);
});

test('the API is killed half-way: who signs in once more has everything', async () => {
  const page = await withJobs();
  const fault = proxy.inject({
    hits: butTen(),
    effect: { kind: 'hang' },
  });
  const killed = fault.nth(1).then(async () => {
    fleet.api.process.kill('SIGKILL');
    await fleet.api.ended;
  });
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Sign in with the provider of this machine' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('ben');
  await Promise.all([
    page.waitForEvent('requestfailed'),
    page.getByRole('button', { name: 'Sign in' }).click(),
  ]);
  await killed;
  proxy.forget();
  await fleet.restartApi();
  await page.goto(fleet.apiUrl);
  // Some are the account's by now, and the browser has no session: nothing is lost, and nothing is there twice.
  await page.getByRole('link', { name: 'Sign in' }).waitFor();
  await expect.poll(() => jobsOf(page)).toBe(JOBS - 10);
  await signIn(page, 'ben');
  await expect.poll(() => jobsOf(page)).toBe(JOBS);
});
