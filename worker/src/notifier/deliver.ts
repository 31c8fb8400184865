/** One try of one delivery: taken on its record, signed, sent, and noted with what became of it. */
import type {
  DeliveryMessage,
  StoredDelivery,
  StoredWebhook,
  WebhookAttempt,
} from '@wavefleet/contracts/webhooks.ts';
import { backoffMs } from '@wavefleet/platform/backoff.ts';
import { signingSecrets } from '@wavefleet/platform/notices/endpoints.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { Webhook } from 'standardwebhooks';
import { BUSY, DONE, type Fate } from './fate.ts';
import type { Hands } from './hands.ts';
import { type Posted, post } from './post.ts';

const LONGEST_PAUSE_MS = 3_600_000;

/** The tries of one process. */
export class Deliverer {
  readonly #platform: Platform;
  readonly #hands: Hands;

  constructor(platform: Platform, hands: Hands) {
    this.#platform = platform;
    this.#hands = hands;
  }

  /** @param receives how often this message was received. @throws SDK errors: then the message comes again. */
  async attempt(message: DeliveryMessage, receives: number): Promise<Fate> {
    const { deliveryId } = message;
    const { webhookDeliveries: deliveries } = this.#platform;
    const pauseMs = backoffMs(receives, BUSY);
    const over = this.#hands.take(message);
    if (over === undefined) {
      // Its message is not lost, and no second one is to be sent for it.
      const waiting = await deliveries.seen(deliveryId, Date.now() + pauseMs);
      if (waiting !== undefined) return { kind: 'hide', ms: pauseMs };
    } else {
      try {
        const taken = await deliveries.take(deliveryId);
        if (taken !== undefined) return await this.#try(taken);
      } finally {
        over();
      }
    }
    const known = await deliveries.get(deliveryId);
    if (known === undefined || known.state !== 'pending') return DONE;
    return { kind: 'hide', ms: Math.max(pauseMs, known.notBefore - Date.now()) };
  }

  async #try(taken: StoredDelivery): Promise<Fate> {
    const { webhooks, webhookDeliveries: deliveries, config, log } = this.#platform;
    const { id: deliveryId, webhookId, tries, jobId } = taken;
    const at = new Date().toISOString();
    const webhook = await webhooks.get(webhookId);
    const posted = webhook === undefined ? gone('the webhook was deleted') : await this.#send(webhook, taken);
    this.#hands.took(webhookId, posted.ms);
    const attempt = attemptOf(at, posted);
    const about = { deliveryId, webhookId, jobId, tries, ms: attempt.ms, status: attempt.status };
    if (posted.problem === undefined) {
      await deliveries.end(taken, 'delivered', attempt);
      log.say('webhook.delivered', about);
      return DONE;
    }
    // The receiver's word for "never again" (Standard Webhooks).
    if (posted.status === 410 && webhook !== undefined && taken.url === undefined)
      await webhooks.switchOff(webhook);
    const pauseMs = backoffMs(tries, { firstMs: config.WEBHOOK_RETRY_BASE_MS, maxMs: LONGEST_PAUSE_MS });
    if (posted.isFinal === true || Date.now() + pauseMs > taken.giveUpAt) {
      await deliveries.end(taken, 'given-up', attempt);
      log.say('webhook.given-up', { ...about, problem: posted.problem });
      return DONE;
    }
    await deliveries.putOff(taken, Date.now() + pauseMs, attempt);
    log.say('webhook.put-off', { ...about, problem: posted.problem, pauseMs });
    return { kind: 'hide', ms: pauseMs };
  }

  async #send(
    webhook: StoredWebhook,
    { messageId, body, type, url = webhook.url }: StoredDelivery,
  ): Promise<Posted> {
    if (!webhook.enabled && type !== 'webhook.test') return gone('the webhook is switched off');
    const now = new Date();
    const signatures = signingSecrets(webhook, now.getTime()).map((secret) =>
      new Webhook(secret).sign(messageId, now, body),
    );
    const headers = {
      'User-Agent': 'wavefleet',
      'Webhook-Id': messageId,
      'Webhook-Timestamp': String(Math.floor(now.getTime() / 1000)),
      'Webhook-Signature': signatures.join(' '),
    };
    return await post(url, body, headers, {
      allowPrivate: this.#platform.config.WEBHOOK_PRIVATE_ADDRESSES,
    });
  }
}

const gone = (problem: string): Posted => ({ ms: 0, problem, isFinal: true });

function attemptOf(at: string, { ms, status, problem }: Posted): WebhookAttempt {
  return { at, ms: Math.round(ms), status, problem };
}
