/** The queue of notifiers: ends of jobs come from EventBridge, wake-ups for single deliveries from ourselves. */
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DeliveryMessage, StoredDelivery } from '@wavefleet/contracts/webhooks.ts';
import { hideMessage, sendMessage } from '../aws/messages.ts';

const SEND_TIMEOUT_MS = 3_000;

export class NoticeQueue {
  readonly #sqs: SQSClient;
  readonly #poll: SQSClient;
  readonly #url: string;

  /** @param poll outside the breaker. */
  constructor(sqs: SQSClient, poll: SQSClient, url: string) {
    this.#sqs = sqs;
    this.#poll = poll;
    this.#url = url;
  }

  /** Wakes a notifier. @throws SDK errors. */
  async wake({
    id: deliveryId,
    ownerId,
    webhookId,
  }: Pick<StoredDelivery, 'id' | 'ownerId' | 'webhookId'>): Promise<void> {
    const message: DeliveryMessage = { v: 1, deliveryId, webhookId, ownerId };
    const signal = AbortSignal.timeout(SEND_TIMEOUT_MS);
    await sendMessage(this.#sqs, this.#url, { message, group: ownerId, signal });
  }

  /** Hides a received message for `ms` from now. */
  async hide(receiptHandle: string, ms: number): Promise<void> {
    await hideMessage(this.#poll, this.#url, receiptHandle, ms);
  }
}
