/** The queue of notifiers: ends of jobs come from EventBridge, wake-ups for single deliveries from ourselves. */
import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeliveryMessage, StoredDelivery } from '@wavefleet/contracts/webhooks.ts';

const HIDE_TIMEOUT_MS = 3_000;
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

  /** Wakes a notifier. The owner is the message group, by which SQS is fair. @throws SDK errors. */
  async wake({
    id,
    ownerId,
    webhookId,
  }: Pick<StoredDelivery, 'id' | 'ownerId' | 'webhookId'>): Promise<void> {
    const message: DeliveryMessage = { v: 1, deliveryId: id, webhookId };
    await this.#sqs.send(
      new SendMessageCommand({
        QueueUrl: this.#url,
        MessageBody: JSON.stringify(message),
        MessageGroupId: ownerId,
      }),
      { abortSignal: AbortSignal.timeout(SEND_TIMEOUT_MS) },
    );
  }

  /** Hides a received message for `ms` from now (whole seconds, at most 12 h: SQS's own limit). */
  async hide(receiptHandle: string, ms: number): Promise<void> {
    await this.#poll.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: this.#url,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: Math.min(43_200, Math.max(0, Math.ceil(ms / 1000))),
      }),
      { abortSignal: AbortSignal.timeout(HIDE_TIMEOUT_MS) },
    );
  }
}
