/** Webhooks over HTTP: who is told when jobs end, and what became of each message. */
import {
  type DeliveryList,
  type DeliveryView,
  deliveryListSchema,
  deliveryViewSchema,
  type JobWebhooks,
  jobWebhooksSchema,
  type NewSecret,
  type NewWebhook,
  newSecretSchema,
  newWebhookSchema,
  type WebhookBody,
  type WebhookView,
  webhookListSchema,
  webhookViewSchema,
} from '@wavefleet/contracts/webhooks.ts';
import { type CallOptions, path, type Requests } from './requests.ts';

/** `client.webhooks`. All but the first two throw Problem WEBHOOK_NOT_FOUND. */
export class WebhookCalls {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  /**
   * Has an address told when jobs end.
   * @returns with the secret that signs, which is not told again.
   * @throws Problem WEBHOOK_URL_FORBIDDEN, WEBHOOKS_LIMIT.
   */
  create(webhook: WebhookBody, options?: CallOptions): Promise<NewWebhook> {
    const ask = { ...options, method: 'POST', json: webhook } as const;
    return this.#requests.json(newWebhookSchema, '/api/webhooks', ask);
  }

  /** The caller's, oldest first. */
  async list(options?: CallOptions): Promise<WebhookView[]> {
    return (await this.#requests.json(webhookListSchema, '/api/webhooks', options)).webhooks;
  }

  /**
   * What is left out takes its default. @param webhook its events may be what a view said: a newer server has more kinds.
   * @throws Problem WEBHOOK_URL_FORBIDDEN.
   */
  change(
    webhookId: string,
    webhook: Omit<WebhookBody, 'events'> & { readonly events?: readonly string[] },
    options?: CallOptions,
  ): Promise<WebhookView> {
    const ask = { ...options, method: 'PUT', json: webhook } as const;
    return this.#requests.json(webhookViewSchema, path`/api/webhooks/${webhookId}`, ask);
  }

  /** What signs messages to the addresses that single submissions name (`webhookUrl`), made when it is first asked for. */
  ofJobs(options?: CallOptions): Promise<JobWebhooks> {
    return this.#requests.json(jobWebhooksSchema, '/api/job-webhooks', { ...options, method: 'POST' });
  }

  remove(webhookId: string, options?: CallOptions): Promise<void> {
    return this.#requests.done(path`/api/webhooks/${webhookId}`, { ...options, method: 'DELETE' });
  }

  /** Another secret. For a day messages are signed by the former one as well. */
  renewSecret(webhookId: string, options?: CallOptions): Promise<NewSecret> {
    const ask = { ...options, method: 'POST' } as const;
    return this.#requests.json(newSecretSchema, path`/api/webhooks/${webhookId}/secret`, ask);
  }

  /** Sends a message of the type `webhook.test`. */
  test(webhookId: string, options?: CallOptions): Promise<DeliveryView> {
    const ask = { ...options, method: 'POST' } as const;
    return this.#requests.json(deliveryViewSchema, path`/api/webhooks/${webhookId}/test`, ask);
  }

  /** One page of what was sent, newest first. @param query.cursor `nextCursor` of the page before. */
  deliveries(
    webhookId: string,
    { limit, cursor }: { readonly limit?: number; readonly cursor?: string } = {},
    options?: CallOptions,
  ): Promise<DeliveryList> {
    const search = new URLSearchParams();
    if (limit !== undefined) search.set('limit', String(limit));
    if (cursor !== undefined) search.set('cursor', cursor);
    const address = `${path`/api/webhooks/${webhookId}/deliveries`}?${search}`;
    return this.#requests.json(deliveryListSchema, address, options);
  }

  /** Sends a message once more, under the same id. @throws Problem DELIVERY_NOT_FOUND. */
  replay(webhookId: string, deliveryId: string, options?: CallOptions): Promise<DeliveryView> {
    const ask = { ...options, method: 'POST' } as const;
    const address = path`/api/webhooks/${webhookId}/deliveries/${deliveryId}/replay`;
    return this.#requests.json(deliveryViewSchema, address, ask);
  }
}
