/** What a browser had counts for the account that adopts it: jobs, uploads, stored bytes and the minutes of the month. */
import { submittedSchema, uploadedSchema } from '@wavefleet/contracts/http.ts';
import { meSchema } from '@wavefleet/contracts/people.ts';
import type { LocalProvider } from '@wavefleet/localstack/sign-in.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { announce } from '@wavefleet/platform/jobs/announce.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callerOf, uploadOf } from '../bring-up/caller.ts';
import { cutOffWav } from '../bring-up/not-audio.ts';
import { Person } from '../bring-up/person.ts';
import { startWithSignIn } from '../bring-up/signing-in.ts';
import type { Stand } from '../bring-up/stand.ts';
import { refusal } from './refusal.ts';

const FILE_BYTES = cutOffWav.length;
const PLANS = {
  browsers: { storedBytes: 2 * FILE_BYTES, activeJobs: 2, minutesPerMonth: 10 },
  accounts: { storedBytes: 3 * FILE_BYTES, activeJobs: 3, minutesPerMonth: 10 },
};

let stand: Stand;
let provider: LocalProvider;
beforeAll(async () => {
  ({ stand, provider } = await startWithSignIn({
    ...{ PLANS: JSON.stringify(PLANS), PLAN_ANONYMOUS: 'browsers', PLAN_SIGNED_IN: 'accounts' },
    MAX_OPEN_UPLOADS: '1',
  }));
});
afterAll(async () => {
  await stand?.stop();
  await provider?.stop();
});

const upload = (who: Person) =>
  who.ask('/api/upload-audio', { method: 'POST', body: new Uint8Array(cutOffWav) });

async function planOf(who: Person) {
  return meSchema.parse(await (await who.ask('/api/me')).json()).plan ?? expect.fail();
}

/** Stored bytes, jobs, minutes. */
async function counted(who: Person) {
  const { storedBytes, activeJobs, minutes } = await planOf(who);
  return [storedBytes.used, activeJobs.used, minutes?.used];
}

/** Has stored all that a browser may, has one job that waits and one that is completed, of half a minute. */
async function browserAtItsLimit(): Promise<Person> {
  const who = new Person(`http://127.0.0.1:${stand.port}`);
  await who.ask('/');
  const files = [await upload(who), await upload(who)].map(async (answer) =>
    uploadedSchema.parse(await answer.json()),
  );
  const jobs = [];
  for (const { fileId } of await Promise.all(files)) {
    const answer = await who.post('/api/jobs', { fileId, format: 'mp3' });
    jobs.push(submittedSchema.parse(await answer.json()).jobId);
  }
  const job = await stand.byHand.complete(await stand.byHand.claim(jobs[0] ?? ''), Buffer.from('the result'));
  await announce(stand.platform, { ...job, input: job.input && { ...job.input, durationSeconds: 30 } });
  expect(await refusal(await upload(who))).toBe('429 STORED_BYTES_LIMIT');
  // A sum of minutes is trusted for some seconds.
  await expect.poll(() => counted(who), { timeout: 10_000 }).toEqual([2 * FILE_BYTES, 1, 0.5]);
  return who;
}

test('counts for the account from then on, over its limits too, and no more for the browser', async () => {
  const first = await browserAtItsLimit();
  await first.signIn('ann');
  expect(await counted(first)).toEqual([2 * FILE_BYTES, 1, 0.5]);
  const second = await browserAtItsLimit();
  const browser = callerOf(stand, `wavefleet=${second.cookie('wavefleet')}`);
  await second.signIn('ann');
  for (const device of [first, second]) expect(await counted(device)).toEqual([4 * FILE_BYTES, 2, 1]);
  expect(await refusal(await upload(first))).toBe('429 STORED_BYTES_LIMIT');
  const { plan } = meSchema.parse(await (await browser.request('/api/me')).json());
  expect(plan).toMatchObject({ storedBytes: { used: 0 }, activeJobs: { used: 0 }, minutes: { used: 0 } });
});

test('counts once where the adoption broke off half-way: until then for the browser, which cannot have more', async () => {
  const who = await browserAtItsLimit();
  const browser = callerOf(stand, `wavefleet=${who.cookie('wavefleet')}`);
  const { holdings, belongings } = stand.platform;
  const gone = () => Promise.reject(new Error('the process is gone'));
  Reflect.set(holdings, 'moveAll', gone);
  await who.signIn('ben');
  Reflect.deleteProperty(holdings, 'moveAll');
  // Its things are the account's already.
  const more = await browser.request('/api/upload-audio', { method: 'POST', body: cutOffWav });
  expect(await refusal(more)).toBe('429 STORED_BYTES_LIMIT');
  expect(await counted(who)).toEqual([0, 0, 0]);

  const { move } = belongings;
  Reflect.set(belongings, 'move', (...[from, to, options]: Parameters<typeof move>) =>
    options?.kinds?.[0] === 'people' ? gone() : move.call(belongings, from, to, options),
  );
  await who.post('/api/auth/refresh');
  await until('the second try broke off as well', async () => (await counted(who))[1] === 1);
  Reflect.deleteProperty(belongings, 'move');
  for (let each = 0; each < 2; each += 1) {
    expect((await who.post('/api/auth/refresh')).status).toBe(200);
    await expect.poll(() => counted(who)).toEqual([2 * FILE_BYTES, 1, 0.5]);
  }
});

test('an unfinished upload of the browser is one of the account’s', async () => {
  const who = new Person(`http://127.0.0.1:${stand.port}`);
  await who.ask('/');
  const begin = () => who.post('/api/uploads', { fileName: 'a.wav', sizeBytes: 5 });
  const fileId = await uploadOf(await begin());
  await who.signIn('cat');
  expect(await refusal(await begin())).toBe('429 OPEN_UPLOADS_LIMIT');
  expect((await who.ask(`/api/uploads/${fileId}`, { method: 'DELETE' })).status).toBe(204);
  expect((await begin()).status).toBe(201);
});
