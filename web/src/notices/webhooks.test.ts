/** What the list of webhooks and the log of one show after each step, also when the server says no. */
import { Problem } from '@wavefleet/client/problem.ts';
import type { DeliveryView, WebhookView } from '@wavefleet/contracts/webhooks.ts';
import { expect, test } from 'vitest';
import { Webhooks } from './webhooks.ts';

const at = '2026-01-01T00:00:00.000Z';
const webhook = (webhookId: string): WebhookView => ({
  ...{ webhookId, url: `https://${webhookId}.example/`, events: ['job.completed'], enabled: true },
  ...{ createdAt: at, updatedAt: at },
});
const delivery = (deliveryId: string, state: DeliveryView['state']): DeliveryView => ({
  ...{ deliveryId, messageId: deliveryId, type: 'webhook.test', state, createdAt: at },
  ...{ tries: 1, attempts: [], body: '{}' },
});

/** A server with one webhook, whose log is what the test puts there. */
function webhooksOver(deliveries: DeliveryView[]) {
  return new Webhooks({
    list: async () => [webhook('old')],
    create: async ({ url }) => ({ ...webhook('new'), url, secret: 'whsec_new' }),
    change: async (webhookId, change) => ({ ...webhook(webhookId), enabled: change.enabled ?? true }),
    remove: async (webhookId) => {
      if (webhookId === 'gone') throw new Problem('WEBHOOK_NOT_FOUND', 'There is no such webhook.');
    },
    renewSecret: async () => ({ secret: 'whsec_other', formerWorksUntil: at }),
    test: async () => delivery('test', 'pending'),
    deliveries: async () => ({ deliveries: [...deliveries], nextCursor: null }),
    replay: async (_, deliveryId) => delivery(deliveryId, 'pending'),
  });
}

test('a new webhook is listed, and its secret is shown until it is put away', async () => {
  const webhooks = webhooksOver([]);
  await webhooks.refresh();
  expect(await webhooks.make('https://new.example/')).toBe(true);
  const made = { url: 'https://new.example/', secret: 'whsec_new' };
  expect(webhooks.state.value).toEqual({ webhooks: [webhook('old'), webhook('new')], made, busy: false });
  webhooks.putAway();
  await webhooks.renew(webhook('old'));
  expect(webhooks.state.value.made).toEqual({ url: 'https://old.example/', secret: 'whsec_other' });
});

test('the log shows a test at once, follows it until it has ended, and shows a replay', async () => {
  const log: DeliveryView[] = [];
  const webhooks = webhooksOver(log);
  await webhooks.test('old');
  const states = () => webhooks.state.value.log?.deliveries.map(({ state }) => state);
  expect(states()).toEqual(['pending']);
  await webhooks.follow();
  expect(states()).toEqual(['pending']);
  log.push(delivery('test', 'delivered'));
  await webhooks.follow();
  expect(states()).toEqual(['delivered']);
  await webhooks.replay('old', 'test');
  expect(states()).toEqual(['pending']);
});

test('a webhook is switched off, and deleted with its log; what the server refuses is said', async () => {
  const webhooks = webhooksOver([]);
  await webhooks.refresh();
  await webhooks.turn(webhook('old'), false);
  expect(webhooks.state.value.webhooks).toEqual([{ ...webhook('old'), enabled: false }]);
  await webhooks.openLog('old');
  expect(await webhooks.remove('gone')).toBe(false);
  expect(webhooks.state.value.problem).toBe('There is no such webhook.');
  expect(await webhooks.remove('old')).toBe(true);
  expect(webhooks.state.value).toEqual({ webhooks: [], busy: false });
});
