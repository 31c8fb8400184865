/** Records that this version cannot read, as a later one would leave them: they hide no others, whatever lists them. */
import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { usageListOf } from '@wavefleet/platform/jobs/usage.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stand } from '../bring-up/stand.ts';

const owner = 'account:lists';
const today = new Date().toISOString();
/** Behind what is made by the tests, and before. */
const years = ['2020-01-01T00:00:00.000Z', '2099-01-01T00:00:00.000Z'];

let api: Stand;
beforeAll(async () => {
  api = await Stand.start({ env: { PLANS: '{"some":{"minutesPerMonth":60}}', PLAN_SIGNED_IN: 'some' } });
});
afterAll(() => api?.stop());

type Where = 'ACCOUNTS_TABLE' | 'WEBHOOKS_TABLE';

/** Two of them under the list's key, with nothing else that anybody knows. */
async function spoil(table: Where, listed: Record<string, string>, id: () => string = randomUUID) {
  for (const createdAt of years) {
    const Item = { ...listed, id: id(), createdAt, from: 'a later version' };
    await api.platform.aws.dynamo.send(new PutCommand({ TableName: api.env[table] ?? '', Item }));
  }
}

test('erasures of others go on', async () => {
  await spoil('ACCOUNTS_TABLE', { ownerId: ':erasures' });
  await api.platform.erasures.ask('browser:gone', 1_000);
  const owners: string[] = [];
  for await (const { erases } of api.platform.erasures.due(Number.MAX_SAFE_INTEGER)) owners.push(erases);
  expect(owners).toEqual(['browser:gone']);
});

test('minutes are those that can be read', async () => {
  await spoil('ACCOUNTS_TABLE', { ownerId: usageListOf(owner, today) }, () => `used:${randomUUID()}`);
  expect(await api.platform.usage.of(owner, today)).toBe(0);
});

test('keys, webhooks, deliveries and e-mails of an owner are listed', async () => {
  const { apiKeys, webhooks, webhookDeliveries, mails } = api.platform;
  await spoil('ACCOUNTS_TABLE', { ownerId: owner }, () => `key:${randomUUID()}`);
  expect(await apiKeys.list(owner)).toEqual([]);

  const made = await webhooks.create(owner, {
    url: 'https://a.example',
    events: ['job.failed'],
    enabled: true,
  });
  await spoil('WEBHOOKS_TABLE', { listedUnder: made.listedUnder });
  expect((await webhooks.list(owner)).map(({ id }) => id)).toEqual([made.id]);

  const message = {
    messageId: 'm',
    type: 'webhook.test' as const,
    body: '{}',
    jobId: undefined,
    url: undefined,
  };
  const delivery = await webhookDeliveries.create({
    ...message,
    id: randomUUID(),
    ownerId: owner,
    webhookId: made.id,
  });
  await spoil('WEBHOOKS_TABLE', { listedUnder: delivery.listedUnder });
  const page = await webhookDeliveries.list(made.id, { limit: 10 });
  expect(page.deliveries.map(({ id }) => id)).toEqual([delivery.id]);

  const mail = await mails.create({ ownerId: owner, jobId: randomUUID(), asked: true }, { waitMs: 0 });
  await spoil('WEBHOOKS_TABLE', { listedUnder: mail.listedUnder });
  expect((await mails.waiting(owner)).map(({ id }) => id)).toEqual([mail.id]);
});
