/** Webhooks end to end: from the end of a job to a receiver that checks signatures, answers badly, or is not there. */
import { createServer } from 'node:http';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { JobEvent } from '@wavefleet/contracts/events.ts';
import { jobListSchema } from '@wavefleet/contracts/http.ts';
import { DUE_SHARDS } from '@wavefleet/contracts/resources.ts';
import type { NewWebhook } from '@wavefleet/contracts/webhooks.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { announce } from '@wavefleet/platform/jobs/announce.ts';
import { wakeLost } from '@wavefleet/worker/notifier/lost-wake-ups.ts';
import { type RunningNotifier, startNotifier } from '@wavefleet/worker/notifier/notifier.ts';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { loseAnswerOf } from '../bring-up/client-faults.ts';
import { Stand } from '../bring-up/stand.ts';
import { tokenOf } from '../bring-up/token-of.ts';
import { refusal, UNKNOWN_ID } from './refusal.ts';

/** Every message that came to the receiver, in order. */
interface Received {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly status: number;
}

/** 1,000 take two minutes where two cores do everything: `WEBHOOK_DELIVERIES=1000 npx vitest run …`. */
const DELIVERIES = Number(process.env.WEBHOOK_DELIVERIES ?? 200);

let api: Stand;
let notifier: RunningNotifier | undefined;
let url = '';
const received: Received[] = [];
/** What the receiver answers next. */
let answer: (path: string) => number | Promise<number> = () => 204;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    const path = request.url ?? '';
    const status = await answer(path);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    received.push({ path, headers, body: Buffer.concat(chunks).toString(), status });
    response.writeHead(status).end();
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  api = await Stand.start({
    env: { WEBHOOK_PRIVATE_ADDRESSES: 'true', WEBHOOK_RETRY_BASE_MS: '1000', NOTIFIER_CONCURRENCY: '16' },
  });
  notifier = startNotifier(api.platform);
});
afterAll(async () => {
  await notifier?.stop();
  await api?.stop();
  server.close();
});
beforeEach(async () => {
  for (const { webhookId } of await api.client.webhooks.list()) await api.client.webhooks.remove(webhookId);
  received.length = 0;
  answer = () => 204;
});

/** A job that ends, and whose end is announced. */
async function endedJob(): Promise<string> {
  const jobId = await api.byHand.job();
  await api.byHand.complete(await api.byHand.claim(jobId), Buffer.from('bytes'));
  const job = await api.platform.jobs.get(jobId);
  if (job === undefined) throw new Error('no such job');
  await announce(api.platform, job);
  return jobId;
}

/** What the receiver got for a path, once it is so many. */
async function got(path: string, count = 1): Promise<Received[]> {
  return await until(`${count} messages at ${path}`, () => {
    const those = received.filter((each) => each.path === path);
    return those.length >= count ? those : undefined;
  });
}

const verified = ({ secret }: Pick<NewWebhook, 'secret'>, { body, headers }: Received) =>
  new Webhook(secret).verify(body, headers);

/** The newest delivery of a webhook, once it has come to an end or to a try. */
async function newestDelivery(webhookId: string, state?: string) {
  return await until(`a delivery ${state ?? ''}`, async () => {
    const [first] = (await api.client.webhooks.deliveries(webhookId)).deliveries;
    return first !== undefined && (state === undefined || first.state === state) ? first : undefined;
  });
}

describe('the end of a job', () => {
  test('is told with a signature that the library of Standard Webhooks takes', async () => {
    const webhook = await api.client.webhooks.create({ url: `${url}/end` });
    expect(webhook).toEqual({
      webhookId: expect.any(String),
      url: `${url}/end`,
      events: ['job.completed', 'job.failed', 'job.cancelled'],
      enabled: true,
      createdAt: expect.any(String),
      updatedAt: webhook.createdAt,
      secret: expect.stringMatching(/^whsec_[\w+/]{43}=$/),
    });
    const jobId = await endedJob();
    const [message] = await got('/end');
    if (message === undefined) throw new Error('nothing came');
    expect(verified(webhook, message)).toEqual({
      type: 'job.completed',
      timestamp: expect.any(String),
      data: {
        jobId,
        status: 'completed',
        fileName: 'song.wav',
        format: 'mp3',
        links: { self: `/api/jobs/${jobId}`, download: `/api/download?jobId=${jobId}` },
      },
    });
    expect(message.headers['webhook-id']).toBe(`${jobId}:completed`);
    expect(() => verified(webhook, { ...message, body: `${message.body} ` })).toThrow(
      'No matching signature',
    );
    expect(await newestDelivery(webhook.webhookId, 'delivered')).toMatchObject({
      jobId,
      tries: 1,
      attempts: [{ at: expect.any(String), ms: expect.any(Number), status: 204 }],
      body: message.body,
    });
  });

  test('goes to each webhook that wants it, and to no other, nor to anybody else’s', async () => {
    const wants = await api.client.webhooks.create({ url: `${url}/wants`, events: ['job.cancelled'] });
    await api.client.webhooks.create({ url: `${url}/other`, events: ['job.failed'] });
    await api.client.webhooks.create({ url: `${url}/off`, enabled: false });
    await api.platform.webhooks.create('somebody-else', {
      url: `${url}/foreign`,
      events: ['job.cancelled'],
      enabled: true,
    });
    const jobId = await api.byHand.job();
    await api.client.jobs.remove(jobId);
    const [message] = await got('/wants');
    expect(message && verified(wants, message)).toMatchObject({ type: 'job.cancelled', data: { jobId } });
    await api.client.webhooks.test(wants.webhookId);
    await got('/wants', 2);
    expect(received.map(({ path }) => path)).toEqual(['/wants', '/wants']);
  });

  test('told five times by EventBridge it makes one delivery', async () => {
    const { webhookId } = await api.client.webhooks.create({ url: `${url}/once` });
    const event = eventOf(1);
    await Promise.all(
      Array.from({ length: 5 }, () => api.platform.events.put([event], { onTaken: () => {} })),
    );
    await newestDelivery(webhookId, 'delivered');
    await api.client.webhooks.test(webhookId);
    await got('/once', 2);
    expect(
      received.map(({ headers }) => headers['webhook-id']).filter((id) => id === event.eventId),
    ).toHaveLength(1);
  });
});

/** The end of a job that never was. */
function eventOf(number: number): JobEvent {
  const jobId = `6f1c2c1e-3f5e-4b8a-9c53-${String(number).padStart(12, '0')}`;
  return {
    eventId: `${jobId}:completed`,
    kind: 'completed',
    time: new Date().toISOString(),
    attempt: 1,
    jobId,
    ownerId: 'anonymous',
    status: 'completed',
    format: 'mp3',
    fileName: `song ${number}.wav`,
  };
}

describe('a receiver', () => {
  test('that fails 30 % of the time gets each message at least once, all signed, none lost', async () => {
    const webhook = await api.client.webhooks.create({ url: `${url}/flaky` });
    answer = () => (Math.random() < 0.3 ? 500 : 200);
    const events = Array.from({ length: DELIVERIES }, (_, index) => eventOf(10_000 + index));
    const startedAtMs = performance.now();
    await api.platform.events.put(events, { onTaken: () => {} });
    const ids = () =>
      new Set(received.filter(({ status }) => status === 200).map(({ headers }) => headers['webhook-id']));
    await until('all have arrived', () => ids().size === events.length, 150_000);
    const seconds = (performance.now() - startedAtMs) / 1000;
    expect(ids()).toEqual(new Set(events.map(({ eventId }) => eventId)));
    for (const message of received)
      expect(verified(webhook, message)).toMatchObject({ type: 'job.completed' });
    const failed = received.filter(({ status }) => status === 500).length;
    expect(failed).toBeGreaterThan(DELIVERIES / 5);
    console.log(
      `${DELIVERIES} deliveries in ${seconds.toFixed(1)} s; ${received.length} tries, ${failed} refused`,
    );
  });

  test('that goes on failing is tried for a day, each time later than the time before, and then given up', async () => {
    const { webhookId } = await api.client.webhooks.create({ url: `${url}/a-day` });
    answer = () => 500;
    await endedJob();
    await got('/a-day', 3);
    const { deliveryId } = await newestDelivery(webhookId, 'pending');
    const stored = await until('its third try', async () => {
      const delivery = await api.platform.webhookDeliveries.get(deliveryId);
      return delivery?.attempts.length === 3 ? delivery : undefined;
    });
    expect(stored.giveUpAt - Date.parse(stored.createdAt)).toBe(86_400_000);
    // At least half of the pause, which has doubled twice.
    const third = Date.parse(stored.attempts[2]?.at ?? '');
    expect(stored.notBefore - third).toBeGreaterThanOrEqual(2_000);
    await api.platform.aws.dynamo.send(
      new UpdateCommand({
        TableName: api.env.WEBHOOKS_TABLE ?? '',
        Key: { id: deliveryId },
        UpdateExpression: 'SET giveUpAt = :now',
        ExpressionAttributeValues: { ':now': Date.now() },
      }),
    );
    expect((await newestDelivery(webhookId, 'given-up')).attempts).toHaveLength(4);
  });

  test('that says 410 is told nothing any more', async () => {
    const { webhookId } = await api.client.webhooks.create({ url: `${url}/gone` });
    answer = () => 410;
    await api.client.webhooks.test(webhookId);
    expect(await newestDelivery(webhookId, 'given-up')).toMatchObject({
      attempts: [{ status: 410, problem: 'answered 410' }],
    });
    expect(await api.client.webhooks.list()).toMatchObject([{ webhookId, enabled: false }]);
  });

  test('that never answers keeps no message of another one waiting, be there one or many', async () => {
    const slow = await Promise.all(
      Array.from({ length: 6 }, () => api.client.webhooks.create({ url: `${url}/slow` })),
    );
    await api.platform.webhooks.create('somebody-else', {
      url: `${url}/quick`,
      events: ['job.completed'],
      enabled: true,
    });
    let release = () => {};
    const held = new Promise<number>((resolve) => {
      release = () => resolve(200);
    });
    onTestFinished(() => release());
    let waiting = 0;
    answer = (path) => {
      if (path !== '/slow') return 200;
      waiting += 1;
      return held;
    };
    await Promise.all(
      slow.flatMap(({ webhookId }) => Array.from({ length: 5 }, () => api.client.webhooks.test(webhookId))),
    );
    await until('hands are full', () => waiting >= 8 || undefined);
    const startedAtMs = performance.now();
    const event = { ...eventOf(2), ownerId: 'somebody-else' };
    await api.platform.events.put([event], { onTaken: () => {} });
    await got('/quick');
    expect(performance.now() - startedAtMs).toBeLessThan(4_000);
    release();
    await got('/slow', 30);
  });

  test('that has answered at once before, and then never does, keeps no message of another one waiting', async () => {
    const { webhookId } = await api.client.webhooks.create({ url: `${url}/turned` });
    await api.platform.webhooks.create('another-one', {
      url: `${url}/other`,
      events: ['job.completed'],
      enabled: true,
    });
    const tellOther = async (index: number) =>
      await api.platform.events.put([{ ...eventOf(index), ownerId: 'another-one' }], { onTaken: () => {} });
    await api.client.webhooks.test(webhookId);
    await newestDelivery(webhookId, 'delivered');
    await tellOther(3);
    await got('/other');
    const held = Promise.withResolvers<number>();
    onTestFinished(() => held.resolve(200));
    let waiting = 0;
    answer = (path) => {
      if (path !== '/turned') return 200;
      waiting += 1;
      return held.promise;
    };
    await Promise.all(Array.from({ length: 30 }, () => api.client.webhooks.test(webhookId)));
    await until('its hands are full', () => waiting >= 8 || undefined);
    const startedAtMs = performance.now();
    await tellOther(4);
    await got('/other', 2);
    expect(performance.now() - startedAtMs).toBeLessThan(4_000);
    held.resolve(200);
    await got('/turned', 31);
  });

  test('that says 410 of an address of before turns nothing off, and no end of a delivery waits for it', async () => {
    const moved = await api.client.webhooks.create({ url: `${url}/moved-away` });
    const deleted = await api.client.webhooks.create({ url: `${url}/deleted-then` });
    answer = async (path) => {
      if (path === '/moved-away') await api.client.webhooks.change(moved.webhookId, { url: `${url}/new` });
      else await api.client.webhooks.remove(deleted.webhookId);
      return 410;
    };
    const tests = [
      await api.client.webhooks.test(moved.webhookId),
      await api.client.webhooks.test(deleted.webhookId),
    ];
    for (const { deliveryId } of tests) {
      const ended = await until('it has ended', async () => {
        const delivery = await api.platform.webhookDeliveries.get(deliveryId);
        return delivery?.state === 'pending' ? undefined : delivery;
      });
      expect(ended).toMatchObject({ state: 'given-up', attempts: [{ status: 410 }] });
    }
    expect(await api.client.webhooks.list()).toMatchObject([{ webhookId: moved.webhookId, enabled: true }]);
  });

  test('behind an address that may not be called: given up at once, and nothing is sent', async () => {
    const { webhookId } = await api.client.webhooks.create({ url: `${url}/inside` });
    await api.platform.webhooks.change(webhookId, { url: 'http://169.254.169.254/latest/meta-data/' });
    await api.client.webhooks.test(webhookId);
    expect(await newestDelivery(webhookId, 'given-up')).toMatchObject({
      attempts: [{ problem: 'its address is not public' }],
    });
    expect(received).toEqual([]);
  });
});

describe('a delivery', () => {
  test('that failed is replayed under the same id and with the same bytes', async () => {
    const webhook = await api.client.webhooks.create({ url: `${url}/replay` });
    answer = () => 410;
    await endedJob();
    const failed = await newestDelivery(webhook.webhookId, 'given-up');
    await api.client.webhooks.change(webhook.webhookId, { url: `${url}/replay` });
    answer = () => 200;
    expect(await api.client.webhooks.replay(webhook.webhookId, failed.deliveryId)).toMatchObject({
      state: 'pending',
      tries: 0,
    });
    const [first, second] = await got('/replay', 2);
    if (first === undefined || second === undefined) throw new Error('nothing came');
    expect(second.body).toBe(first.body);
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
    verified(webhook, second);
    expect((await newestDelivery(webhook.webhookId, 'delivered')).attempts).toHaveLength(2);
  });

  test('that waits for a hand is not taken for lost, and its message gets no second one', async () => {
    const { webhookId } = await api.client.webhooks.create({ url: `${url}/busy` });
    let release = () => {};
    const held = new Promise<number>((resolve) => {
      release = () => resolve(200);
    });
    onTestFinished(() => release());
    answer = () => held;
    const tests = await Promise.all(Array.from({ length: 6 }, () => api.client.webhooks.test(webhookId)));
    await until('two wait, and their reminders are later than they were made', async () => {
      const all = await Promise.all(tests.map((each) => api.platform.webhookDeliveries.get(each.deliveryId)));
      const waiting = all.flatMap((each) => (each?.tries === 0 ? [each] : []));
      const isLater = waiting.map(({ createdAt, dueAt = 0 }) => dueAt > Date.parse(createdAt) + 60_000);
      return isLater.length === 2 && isLater.every(Boolean);
    });
    release();
    await got('/busy', 6);
  });

  test('is one taker’s for as long as a try may take; once it has ended, nothing that comes late changes it', async () => {
    const { webhookId } = await api.client.webhooks.create({ url: `${url}/taken` });
    const { ownerId } = await api.platform.webhooks.getOwned(webhookId, 'anonymous');
    const id = crypto.randomUUID();
    const { webhookDeliveries: deliveries } = api.platform;
    // Nobody is woken for it.
    await deliveries.create({
      ...{ id, ownerId, webhookId, messageId: 'taken', type: 'webhook.test', body: '{}' },
    });
    const takes = await Promise.all(Array.from({ length: 10 }, () => deliveries.take(id)));
    const [taken, ...others] = takes.filter((each) => each !== undefined);
    expect(others).toEqual([]);
    expect(taken).toMatchObject({ tries: 1 });
    expect(await deliveries.take(id)).toBeUndefined();
    const attempt = { at: new Date().toISOString(), ms: 1 };
    await deliveries.end(taken ?? expect.fail(), 'delivered', attempt);
    const ended = await deliveries.get(id);
    expect(ended).toMatchObject({ state: 'delivered', attempts: [attempt] });
    expect(ended).not.toHaveProperty('dueAt');
    // Of a try that was taken for dead.
    await deliveries.putOff(taken ?? expect.fail(), 0, { ...attempt, problem: 'not reached' });
    await deliveries.end(taken ?? expect.fail(), 'given-up', { ...attempt, problem: 'not reached' });
    expect(await deliveries.seen(id, Date.now())).toBeUndefined();
    expect(await deliveries.take(id)).toBeUndefined();
    expect(await deliveries.get(id)).toEqual(ended);
  });

  test('that was taken, and the answer of the table is lost, is tried at once', async () => {
    const { webhookId } = await api.client.webhooks.create({ url: `${url}/unheard` });
    const wasLost = loseAnswerOf(api.platform.aws.dynamo, 'tries = tries + :one');
    await api.client.webhooks.test(webhookId);
    const isThere = () => received.some(({ path }) => path === '/unheard');
    await until('it is there, well before who took it could be taken for dead', isThere, 15_000);
    expect(wasLost()).toBe(true);
    expect(await newestDelivery(webhookId, 'delivered')).toMatchObject({ tries: 1 });
  });

  test('outlasts a table that does not answer, which is not asked as fast as it fails', async () => {
    const { webhookId } = await api.client.webhooks.create({ url: `${url}/outage` });
    let isAway = true;
    let asked = 0;
    const { webhookDeliveries } = api.platform;
    const take = webhookDeliveries.take.bind(webhookDeliveries);
    const spy = vi.spyOn(webhookDeliveries, 'take').mockImplementation(async (id) => {
      asked += 1;
      if (isAway) throw new Error('the table is away');
      return await take(id);
    });
    onTestFinished(() => spy.mockRestore());
    const startedAtMs = performance.now();
    await Promise.all(Array.from({ length: 150 }, () => api.client.webhooks.test(webhookId)));
    await until('it has lasted', () => performance.now() - startedAtMs > 5_000 || undefined);
    expect(asked).toBeGreaterThan(10);
    expect(asked).toBeLessThan(120);
    isAway = false;
    await until(
      'all have arrived',
      () => new Set(received.map(({ headers }) => headers['webhook-id'])).size === 150 || undefined,
      90_000,
    );
  });

  test('whose message was lost is sent all the same', async () => {
    const { webhookId } = await api.client.webhooks.create({ url: `${url}/lost` });
    const { ownerId } = await api.platform.webhooks.getOwned(webhookId, 'anonymous');
    const id = crypto.randomUUID();
    const body = JSON.stringify({ type: 'webhook.test', timestamp: new Date().toISOString(), data: {} });
    await api.platform.webhookDeliveries.create({
      ...{ id, ownerId, webhookId, messageId: 'lost', type: 'webhook.test', body },
    });
    expect(await wakeLost(api.platform)).toBe(0);
    expect(await wakeLost(api.platform, { horizonMs: Date.now() + 61_000 })).toBeGreaterThan(0);
    await got('/lost');
    await newestDelivery(webhookId, 'delivered');
    for (let shard = 0; shard < DUE_SHARDS; shard += 1) {
      const due = await api.platform.dueNotices.due(shard, Number.MAX_SAFE_INTEGER);
      expect(due.filter((each) => each.id === id)).toEqual([]);
    }
  });

  test('of a webhook that is deleted meanwhile is given up', async () => {
    const { webhookId } = await api.client.webhooks.create({ url: `${url}/deleted` });
    answer = () => 500;
    const { deliveryId } = await api.client.webhooks.test(webhookId);
    await got('/deleted');
    await api.client.webhooks.remove(webhookId);
    const ended = await until('it is given up', async () => {
      const delivery = await api.platform.webhookDeliveries.get(deliveryId);
      return delivery?.state === 'given-up' ? delivery : undefined;
    });
    expect(ended.attempts.at(-1)).toMatchObject({ problem: 'the webhook was deleted' });
  });
});

test('a new secret signs from now on, and the former one besides for a day', async () => {
  const webhook = await api.client.webhooks.create({ url: `${url}/secret` });
  const { secret, formerWorksUntil } = await api.client.webhooks.renewSecret(webhook.webhookId);
  expect(secret).not.toBe(webhook.secret);
  expect(Date.parse(formerWorksUntil) - Date.now()).toBeGreaterThan(23.9 * 3_600_000);
  await api.client.webhooks.test(webhook.webhookId);
  const [message] = await got('/secret');
  if (message === undefined) throw new Error('nothing came');
  expect(message.headers['webhook-signature']?.split(' ')).toHaveLength(2);
  for (const each of [secret, webhook.secret]) verified({ secret: each }, message);
});

test('deliveries come in pages, newest first, and a foreign cursor is refused', async () => {
  const [one, other] = [
    await api.client.webhooks.create({ url: `${url}/pages` }),
    await api.client.webhooks.create({ url: `${url}/pages` }),
  ];
  const sent: string[] = [];
  for (let i = 0; i < 3; i += 1) sent.unshift((await api.client.webhooks.test(one.webhookId)).deliveryId);
  const first = await api.client.webhooks.deliveries(one.webhookId, { limit: 2 });
  const second = await api.client.webhooks.deliveries(one.webhookId, {
    limit: 2,
    cursor: first.nextCursor ?? '',
  });
  expect([...first.deliveries, ...second.deliveries].map(({ deliveryId }) => deliveryId)).toEqual(sent);
  const path = `/api/webhooks/${other.webhookId}/deliveries?cursor=${first.nextCursor}`;
  expect(await refusal(await api.request(path))).toBe('400 INVALID_CURSOR');
});

describe('an address that a job names', () => {
  test('is told of that job alone, beside the webhooks, signed by a secret that its owner can ask for', async () => {
    await api.client.webhooks.create({ url: `${url}/all` });
    const fileId = await api.byHand.upload();
    const asked = { fileId, format: 'mp3', webhookUrl: `${url}/this-job?token=a` } as const;
    const { jobId } = await api.client.jobs.submit(asked, { idempotencyKey: crypto.randomUUID() });
    await api.platform.dispatches.settle();
    await api.byHand.complete(await api.byHand.claim(jobId), Buffer.from('bytes'));
    const job = await api.platform.jobs.get(jobId);
    if (job === undefined) throw new Error('no such job');
    await announce(api.platform, job);
    const [message] = await got('/this-job?token=a');
    const [all] = await got('/all');
    const { webhookId, secret } = await api.client.webhooks.ofJobs();
    if (message === undefined) throw new Error('nothing came');
    expect(verified({ secret }, message)).toMatchObject({ type: 'job.completed', data: { jobId } });
    expect(message.body).toBe(all?.body);
    await endedJob();
    await got('/all', 2);
    expect(received.filter(({ path }) => path.startsWith('/this-job'))).toHaveLength(1);

    // Its log, a replay and another secret are those of any webhook, and it is in no list.
    const delivery = await newestDelivery(webhookId, 'delivered');
    expect(delivery).toMatchObject({ jobId, url: `${url}/this-job?token=a`, tries: 1 });
    expect(await api.client.webhooks.list()).toHaveLength(1);
    const renewed = await api.client.webhooks.renewSecret(webhookId);
    expect(await api.client.webhooks.ofJobs()).toEqual({
      ...{ webhookId, secret: renewed.secret, formerWorksUntil: renewed.formerWorksUntil },
    });
    await api.client.webhooks.replay(webhookId, delivery.deliveryId);
    const [, again] = await got('/this-job?token=a', 2);
    if (again === undefined) throw new Error('nothing came');
    for (const each of [secret, renewed.secret]) verified({ secret: each }, again);
    for (const [method, of] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/test'],
    ] as const) {
      const answer = await api.request(`/api/webhooks/${webhookId}${of}`, { method });
      expect(await refusal(answer), method).toBe('404 WEBHOOK_NOT_FOUND');
    }
    // Nobody who may look at all jobs sees what is in the address.
    const debug = await (await api.request(`/api/debug/jobs/${jobId}`)).text();
    expect(debug).toContain(`"webhookUrl":"${url}"`);
  });

  test('a look makes no secret', async () => {
    const headers = { authorization: `Bearer ${await tokenOf(api.platform, 'looks')}` };
    const ask = (method: string) => api.request('/api/job-webhooks', { method, headers });
    expect(await refusal(await ask('GET'))).toBe('404 WEBHOOK_NOT_FOUND');
    expect(await refusal(await ask('GET'))).toBe('404 WEBHOOK_NOT_FOUND');
    const made = await (await ask('POST')).json();
    for (const method of ['GET', 'POST']) expect(await (await ask(method)).json()).toEqual(made);
  });

  test('goes with the job when it is run again, and says 410 of itself alone', async () => {
    answer = () => 410;
    const fileId = await api.byHand.upload();
    const asked = { fileId, format: 'mp3', webhookUrl: `${url}/gone` } as const;
    const { jobId } = await api.client.jobs.submit(asked, { idempotencyKey: crypto.randomUUID() });
    await api.client.jobs.remove(jobId);
    await got('/gone');
    const { webhookId } = await api.client.webhooks.ofJobs();
    await newestDelivery(webhookId, 'given-up');
    const again = await api.client.jobs.retry(jobId, {}, { idempotencyKey: crypto.randomUUID() });
    await api.client.jobs.remove(again.jobId);
    await got('/gone', 2);
  });

  test('is refused at submission where it may not be called', async () => {
    const fileId = await api.byHand.upload();
    const body = { fileId, format: 'mp3', webhookUrl: 'http://169.254.169.254/' };
    expect(await refusal(await api.postJson('/api/jobs', body))).toBe('422 WEBHOOK_URL_FORBIDDEN');
  });
});

test('a test message that nobody takes is given up after a minute, not a day', async () => {
  const { webhookId } = await api.client.webhooks.create({ url: `${url}/test` });
  const { deliveryId } = await api.client.webhooks.test(webhookId);
  const delivery = await api.platform.webhookDeliveries.get(deliveryId);
  expect((delivery?.giveUpAt ?? 0) - Date.parse(delivery?.createdAt ?? '')).toBe(60_000);
});

describe('what is refused', () => {
  test('more webhooks than one may have', async () => {
    for (let i = 0; i < 10; i += 1) await api.client.webhooks.create({ url: `${url}/${i}` });
    expect(await refusal(await api.postJson('/api/webhooks', { url }))).toBe('409 WEBHOOKS_LIMIT');
  });

  test('wrong bodies, and addresses that may not be called', async () => {
    const ask = async (body: unknown) => await refusal(await api.postJson('/api/webhooks', body));
    expect(await ask({})).toBe('400 VALIDATION_ERROR');
    expect(await ask({ url, events: [] })).toBe('400 VALIDATION_ERROR');
    expect(await ask({ url, events: ['job.started'] })).toBe('400 VALIDATION_ERROR');
    expect(await ask({ url, secret: 'mine' })).toBe('400 VALIDATION_ERROR');
    expect(await ask({ url: 'http://169.254.169.254/' })).toBe('422 WEBHOOK_URL_FORBIDDEN');
    expect(await ask({ url: 'file:///etc/passwd' })).toBe('422 WEBHOOK_URL_FORBIDDEN');
  });

  test('of somebody else’s webhook everything, as if it were not there', async () => {
    const foreign = await api.platform.webhooks.create('somebody-else', {
      url,
      events: ['job.failed'],
      enabled: true,
    });
    const own = await api.client.webhooks.create({ url });
    for (const id of [foreign.id, UNKNOWN_ID]) {
      for (const [method, of] of [
        ['GET', ''],
        ['PUT', ''],
        ['DELETE', ''],
        ['POST', '/secret'],
        ['POST', '/test'],
        ['GET', '/deliveries'],
        ['POST', `/deliveries/${UNKNOWN_ID}/replay`],
      ] as const) {
        const init =
          method === 'PUT'
            ? { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ url }) }
            : { method };
        const response = await api.request(`/api/webhooks/${id}${of}`, init);
        expect(await refusal(response), `${method} ${of}`).toBe('404 WEBHOOK_NOT_FOUND');
      }
    }
    const { id: foreignDelivery } = await api.platform.webhookDeliveries.create({
      ...{ id: crypto.randomUUID(), ownerId: 'somebody-else', webhookId: foreign.id },
      ...{ messageId: 'm', type: 'webhook.test', body: '{}' },
    });
    const replay = await api.request(`/api/webhooks/${own.webhookId}/deliveries/${foreignDelivery}/replay`, {
      method: 'POST',
    });
    expect(await refusal(replay)).toBe('404 DELIVERY_NOT_FOUND');
    expect(await api.platform.webhooks.get(foreign.id)).toBeDefined();
  });
});

test('no secret is told again, and none is in what is listed', async () => {
  const { secret } = await api.client.webhooks.create({ url });
  const answers = await Promise.all(
    ['/api/webhooks', '/api/jobs'].map(async (path) => (await api.request(path)).text()),
  );
  for (const text of answers) expect(text).not.toContain(secret);
  expect(
    z.object({ webhooks: z.array(z.unknown()) }).parse(JSON.parse(answers[0] ?? '')).webhooks,
  ).toHaveLength(1);
  jobListSchema.parse(JSON.parse(answers[1] ?? ''));
});
