/** `DELETE /api/me`: everything of one owner goes, from every table and the bucket, and nothing of another's. */
import { randomUUID } from 'node:crypto';
import { carryOn } from '@wavefleet/api/erasure/carry-on.ts';
import { submittedSchema, uploadedSchema } from '@wavefleet/contracts/http.ts';
import { dropResultKey, outputKey } from '@wavefleet/contracts/keys.ts';
import { erasedSchema } from '@wavefleet/contracts/people.ts';
import { uploadViewSchema } from '@wavefleet/contracts/uploads.ts';
import { webhookEvents } from '@wavefleet/contracts/webhooks.ts';
import { submitJob } from '@wavefleet/platform/jobs/submit.ts';
import type { Erasure } from '@wavefleet/platform/people/erasures.ts';
import { Quotas } from '@wavefleet/platform/plans/quotas.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { browserHeaders } from '../bring-up/caller.ts';
import { loseAnswerOf } from '../bring-up/client-faults.ts';
import { everythingStored } from '../bring-up/everything-stored.ts';
import { cutOffWav } from '../bring-up/not-audio.ts';
import { Stand } from '../bring-up/stand.ts';
import { tokenOf } from '../bring-up/token-of.ts';
import { refusal } from './refusal.ts';

const MINUTE_MS = 60_000;

const AT_ONCE = 10;

let api: Stand;
beforeAll(async () => {
  // As in production: passes are not cut short here.
  api = await Stand.start({ env: { SWEEP_INTERVAL_MS: '15000' } });
});
afterAll(() => api?.stop());

/** The API's own look, at another time. */
async function look(atMs: number): Promise<void> {
  const { platform } = api;
  await carryOn({ ...platform, quotas: new Quotas(platform), records: { forget: () => undefined } }, atMs);
}

/** Erasures, also those whose pause is not over. */
async function notAtAnEnd(): Promise<Erasure[]> {
  const all: Erasure[] = [];
  for await (const erasure of api.platform.erasures.due(Number.MAX_SAFE_INTEGER)) all.push(erasure);
  return all;
}

/** Beyond all that is still waited for. */
async function lookAtTheEnd(watchedUntil: string): Promise<void> {
  for (let passes = 1; passes <= 3; passes += 1)
    await look(Date.parse(watchedUntil) + passes * 10 * MINUTE_MS);
}

/** Somebody who asks with these headers. */
function callerOf(ownerId: string, headers: Record<string, string>) {
  const send = (method: string, path: string, body?: Uint8Array<ArrayBuffer> | object) => {
    if (body === undefined || body instanceof Uint8Array)
      return api.request(path, { method, headers, ...(body === undefined ? {} : { body }) });
    const json = { ...headers, 'content-type': 'application/json' };
    return api.request(path, { method, headers: json, body: JSON.stringify(body) });
  };
  return {
    ownerId,
    send,
    upload: async () =>
      uploadedSchema.parse(await (await send('POST', '/api/upload-audio', new Uint8Array(cutOffWav))).json())
        .fileId,
    job: async (fileId: string) =>
      submittedSchema.parse(await (await send('POST', '/api/jobs', { fileId, format: 'mp3' })).json()).jobId,
    erase: async () => {
      const answer = await send('DELETE', '/api/me?confirm=everything');
      expect(answer.status).toBe(200);
      return { answer, ...erasedSchema.parse(await answer.clone().json()) };
    },
  };
}

/** Who has signed in, and one thing of every kind. @returns what its things are known by. */
async function somebodyWithEverything(name: string) {
  const { platform, byHand } = api;
  const { ownerId } = await platform.accounts.signedIn({
    ...{ provider: 'test', issuer: 'https://id.example', subject: name, name, email: `${name}@example.com` },
    emailVerified: true,
  });
  const { session } = await platform.sessions.begin(ownerId, undefined);
  const caller = callerOf(ownerId, { authorization: `Bearer ${await tokenOf(platform, ownerId)}` });
  const [unused, read] = [await caller.upload(), await caller.upload()];
  const [waiting, working, done, failed] = [
    await caller.job(read),
    await caller.job(read),
    await caller.job(await caller.upload()),
    await caller.job(await caller.upload()),
  ];
  const claim = await byHand.claim(working);
  await byHand.complete(await byHand.claim(done), Buffer.from('the result'));
  await byHand.fail(await byHand.claim(failed));
  await caller.send('POST', `/api/jobs/${done}/share`, {});
  const cover = await caller.send('POST', '/api/upload-cover', new Uint8Array([0xff, 0xd8, 0xff, 0xe0]));
  const begun = uploadViewSchema.parse(
    await (await caller.send('POST', '/api/uploads', { fileName: 'a.wav', sizeBytes: 9_000_000 })).json(),
  ).fileId;
  const { id: webhookId } = await platform.webhooks.create(ownerId, {
    ...{ url: 'https://hooks.example.com/', events: [...webhookEvents], enabled: true },
  });
  const message = { messageId: 'm', type: 'webhook.test', body: '{}' } as const;
  const { id: deliveryId } = await platform.webhookDeliveries.create({
    ...message,
    ...{ id: randomUUID(), ownerId, webhookId },
  });
  const { id: ofJobs } = await platform.webhooks.ofJobs(ownerId);
  await platform.presets.create(ownerId, { name: `of-${name}`, format: 'mp3', options: {} });
  // One e-mail that waits, and one that was sent.
  const mail = await platform.mails.create({ ownerId, jobId: done }, { waitMs: 0 });
  const told = await platform.mails.create({ ownerId, jobId: failed }, { waitMs: 0 });
  await platform.mails.end(told, 'sent');
  const drop = `drops/mp3/${name}.wav`;
  await platform.objects.putJsonIf(drop, 'sound', undefined);
  const input = (await platform.objects.head(drop)) ?? expect.fail();
  const { job: dropped } =
    (await submitJob(platform, {
      ...{ jobId: randomUUID(), ownerId, input, fileName: `${name}.wav`, format: 'mp3', options: {} },
      source: { kind: 'drop', bucket: input.bucket, key: drop, version: '', sequencer: '' },
    })) ?? expect.fail();
  await byHand.fail(await byHand.claim(dropped.jobId));
  await platform.objects.putJsonIf(dropResultKey(drop), { jobId: dropped.jobId }, undefined);
  await platform.dispatches.settle();
  const ids = [ownerId, session.sessionId, unused, read, waiting, working, done, failed, begun, drop];
  const { fileId: coverId } = uploadedSchema.parse(await cover.json());
  return {
    ...{ caller, working, claim, done },
    marks: [
      ...ids,
      coverId,
      mail.id,
      told.id,
      ofJobs,
      webhookId,
      deliveryId,
      dropped.jobId,
      dropResultKey(drop),
      `presets:${ownerId}`,
    ],
  };
}

const storedOf = async (marks: readonly string[]): Promise<string[]> =>
  (await everythingStored(api.platform)).filter((each) => marks.some((mark) => each.includes(mark)));

test('everything of an owner goes, from every table and the bucket; another’s is as it was', async () => {
  const [ann, ben] = [await somebodyWithEverything('ann'), await somebodyWithEverything('ben')];
  const bens = await storedOf(ben.marks);
  expect(bens.length).toBeGreaterThan(20);
  for (const mark of ann.marks) expect(await storedOf([mark]), mark).not.toEqual([]);

  const { done, watchedUntil } = await ann.caller.erase();
  // A worker is at one of them, and has not heard of it.
  expect(done).toBe(false);
  expect((await api.platform.jobs.get(ann.working))?.status).toBe('cancelled');
  expect(await api.platform.jobs.get(ann.done)).toBeUndefined();
  expect(await api.platform.transitions.beat(ann.claim, 10_000)).toBe(false);
  // It stores its result, and dies before it can take it away.
  await api.platform.objects.putJsonIf(outputKey(ann.working, 1, 'mp3'), 'too late', undefined);

  await look(Date.now() + 2 * MINUTE_MS);
  expect(await storedOf(ann.marks)).toEqual([expect.stringContaining(`erasure:${ann.caller.ownerId}`)]);
  await lookAtTheEnd(watchedUntil);
  expect(await storedOf(ann.marks)).toEqual([]);
  expect(await storedOf(ben.marks)).toEqual(bens);
  expect(await notAtAnEnd()).toEqual([]);
});

test('a browser is another one afterwards; what it sends meanwhile goes as well', async () => {
  const cookie = `wavefleet=${'b'.repeat(43)}`;
  const me = await (await api.request('/api/me', { headers: { cookie } })).json();
  const { ownerId } = me as { ownerId: string };
  const caller = callerOf(ownerId, browserHeaders(cookie));
  const fileId = await caller.upload();
  let isOver = false;
  const answers: number[] = [];
  const busy = Array.from({ length: 4 }, async () => {
    while (!isOver) {
      const upload = await caller.send('POST', '/api/upload-audio', new Uint8Array(cutOffWav));
      const of = upload.status === 201 ? uploadedSchema.parse(await upload.json()).fileId : fileId;
      answers.push((await caller.send('POST', '/api/jobs', { fileId: of, format: 'mp3' })).status);
    }
  });
  await expect.poll(() => answers.filter((status) => status === 202).length).toBeGreaterThan(8);
  const { answer, watchedUntil } = await caller.erase();
  const before = answers.length;
  await expect.poll(() => answers.length).toBeGreaterThan(before + 8);
  isOver = true;
  await Promise.all(busy);
  expect(answer.headers.get('set-cookie')).toMatch(/^wavefleet=(?!bbb)[\w-]{43};/);
  await lookAtTheEnd(watchedUntil);
  expect(await storedOf([ownerId])).toEqual([]);
});

test('what breaks off is carried on by whoever looks next, and not by two at once', async () => {
  const ann = callerOf('breaks', { authorization: `Bearer ${await tokenOf(api.platform, 'breaks')}` });
  const jobId = await ann.job(await ann.upload());
  await api.byHand.complete(await api.byHand.claim(jobId), Buffer.from('the result'));
  const { s3 } = api.platform.aws;
  s3.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === 'DeleteObjectsCommand') throw new Error('the process is gone');
        return next(args);
      },
    { step: 'initialize', name: 'dies' },
  );
  const { done, watchedUntil } = await ann.erase().finally(() => s3.middlewareStack.remove('dies'));
  expect(done).toBe(false);
  expect(await storedOf([jobId])).not.toEqual([]);
  const [erasure = expect.fail()] = await notAtAnEnd();
  const later = Date.now() + 5 * MINUTE_MS;
  const taken = await Promise.all([1, 2, 3].map(() => api.platform.erasures.take(erasure, later)));
  expect(taken.filter((each) => each !== undefined)).toHaveLength(1);
  // Who took it died: after a minute it is anybody's.
  await look(later + 1_000);
  expect(await storedOf([jobId])).not.toEqual([]);
  await look(later + 2 * MINUTE_MS);
  expect(await storedOf([jobId])).toEqual([]);
  await lookAtTheEnd(watchedUntil);
  expect(await storedOf(['breaks'])).toEqual([]);
});

test('of hundreds who have asked before and are still watched, none keeps another’s things here', async () => {
  const { erasures, jobs } = api.platform;
  const others = Array.from({ length: 250 }, (_, index) => `other-${index}`);
  const now = Date.now();
  // A few at a time: the table is asked for no more than it can take.
  for (const at of [now - MINUTE_MS, now + 60 * MINUTE_MS])
    for (let from = 0; from < others.length; from += AT_ONCE)
      await Promise.all(
        others.slice(from, from + AT_ONCE).map((other) => erasures.ask(other, 60 * MINUTE_MS, at)),
      );
  const ann = callerOf('late', { authorization: `Bearer ${await tokenOf(api.platform, 'late')}` });
  const jobId = await ann.job(await ann.upload());
  await api.byHand.claim(jobId);
  const { watchedUntil } = await ann.erase();
  expect(await jobs.get(jobId)).toMatchObject({ status: 'cancelled' });
  await look(now + 5 * MINUTE_MS);
  expect(await jobs.get(jobId)).toBeUndefined();
  for (const erasure of await notAtAnEnd()) if (erasure.erases !== 'late') await erasures.end(erasure);
  await lookAtTheEnd(watchedUntil);
  expect(await notAtAnEnd()).toEqual([]);
});

test('answers of the table that are lost: readers of a cancelled job are told all the same, and the next pass is made', async () => {
  const { aws, jobs, progress } = api.platform;
  const ann = callerOf('unheard', { authorization: `Bearer ${await tokenOf(api.platform, 'unheard')}` });
  const jobId = await ann.job(await ann.upload());
  await api.byHand.claim(jobId);
  const isCancelled = loseAnswerOf(aws.dynamo, '#status = :to');
  const { watchedUntil } = await ann.erase();
  expect(isCancelled()).toBe(true);
  expect(await progress.readRedis(jobId)).toMatchObject({ stage: 'cancelled' });
  // The next pass is made by who has taken it, whether or not that was answered.
  const isTaken = loseAnswerOf(aws.dynamo, 'takenUntil = :until');
  await look(Date.now() + 5 * MINUTE_MS);
  expect(isTaken()).toBe(true);
  expect(await jobs.get(jobId)).toBeUndefined();
  await lookAtTheEnd(watchedUntil);
  expect(await storedOf(['unheard', jobId])).toEqual([]);
});

test('what an owner makes after it is theirs', async () => {
  const caller = callerOf('again', { authorization: `Bearer ${await tokenOf(api.platform, 'again')}` });
  await caller.upload();
  const { platform } = api;
  const longAgo = Date.now() - 10 * MINUTE_MS;
  const erasure = await platform.erasures.ask('again', 60 * MINUTE_MS, longAgo);
  const fileId = await caller.upload();
  await look(Date.now());
  expect(await storedOf([fileId])).not.toEqual([]);
  await lookAtTheEnd(new Date(erasure.watchedUntil).toISOString());
  expect(await storedOf([fileId])).not.toEqual([]);
});

test('nothing goes without the word, and not for those who are nobody in particular', async () => {
  const keys = {
    admin: await tokenOf(api.platform, 'sure'),
    less: await tokenOf(api.platform, 'sure', ['jobs:write']),
  };
  const as = (token: string | undefined, query: string) =>
    api.request(`/api/me${query}`, {
      method: 'DELETE',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
  expect(await refusal(await as(keys.admin, ''))).toBe('400 VALIDATION_ERROR');
  expect(await refusal(await as(keys.admin, '?confirm=yes'))).toBe('400 VALIDATION_ERROR');
  expect(await refusal(await as(keys.less, '?confirm=everything'))).toBe('403 INSUFFICIENT_SCOPE');
  expect(await refusal(await as(undefined, '?confirm=everything'))).toBe('401 UNAUTHENTICATED');
  expect(await notAtAnEnd()).toEqual([]);
});
