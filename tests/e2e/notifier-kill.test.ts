/** A notifier killed between a receiver's answer and its note of it: another one takes its place, and sends the message again. */
import { createServer, type ServerResponse } from 'node:http';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';

let fleet: Fleet;
let url = '';
/** What came, in order, with the answer that is still open. */
const received: { readonly id: string; readonly response: ServerResponse }[] = [];

const receiver = createServer((request, response) => {
  request.resume();
  received.push({ id: String(request.headers['webhook-id']), response });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const address = receiver.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
  fleet = await Fleet.start({ workers: 0, notifier: true, env: { WEBHOOK_PRIVATE_ADDRESSES: 'true' } });
});
afterAll(async () => {
  await fleet?.stop();
  receiver.closeAllConnections();
  receiver.close();
});

test('SIGKILL during a try: the one that takes its place sends the same message again, and others at once', async () => {
  const { webhooks } = fleet.client;
  const { webhookId } = await webhooks.create({ url });
  const held = await webhooks.test(webhookId);
  const first = await until('the first try', () => received[0]);
  const killed = fleet.notifier;
  killed?.process.kill('SIGKILL');
  await killed?.ended;

  const next = await webhooks.test(webhookId);
  // LocalStack may have given the message to the one that is dead, as AWS may: then it is hidden for a while.
  const second = await until('a message from its successor', () => received[1], 100_000);
  expect(second.id).toBe(next.messageId);
  second.response.writeHead(204).end();
  const third = await until('the second try', () => received[2], 60_000);
  expect([first.id, third.id]).toEqual([held.messageId, held.messageId]);
  third.response.writeHead(204).end();
  const delivered = await until('both are noted', async () => {
    const { deliveries } = await webhooks.deliveries(webhookId);
    return deliveries.every(({ state }) => state === 'delivered') ? deliveries : undefined;
  });
  expect(delivered.map(({ deliveryId, tries }) => [deliveryId, tries])).toEqual([
    [next.deliveryId, 1],
    [held.deliveryId, 2],
  ]);
});
