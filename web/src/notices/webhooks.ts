/** The webhooks of who looks at the page, and what was sent to one of them. Never throws: trouble is a sentence in `problem`. */
import type { WebhookCalls } from '@wavefleet/client/webhooks.ts';
import type { DeliveryView, WebhookView } from '@wavefleet/contracts/webhooks.ts';
import { attempt, type Busy } from '../attempt.ts';
import { Store } from '../store.ts';

/** Deliveries that are shown: the newest. */
const SHOWN = 20;

/** A secret that is shown until it is put away. */
interface ShownSecret {
  readonly url: string;
  readonly secret: string;
}

/** What was sent to one webhook, newest first. */
interface Log {
  readonly webhookId: string;
  readonly deliveries: readonly DeliveryView[];
}

/** What is shown of them. */
export interface WebhooksShown extends Busy {
  /** Oldest first. Undefined until the first answer. */
  readonly webhooks?: readonly WebhookView[];
  readonly made?: ShownSecret;
  readonly log?: Log;
}

export class Webhooks {
  readonly state = new Store<WebhooksShown>({ busy: false });
  readonly #calls: Omit<WebhookCalls, 'ofJobs'>;

  constructor(calls: Omit<WebhookCalls, 'ofJobs'>) {
    this.#calls = calls;
  }

  async refresh(): Promise<void> {
    await attempt(this.state, async () => ({ webhooks: await this.#calls.list() }));
  }

  /** Answers whether there is a new webhook now, whose secret is shown. */
  async make(url: string): Promise<boolean> {
    return await attempt(this.state, async () => {
      const { secret, ...webhook } = await this.#calls.create({ url });
      return { webhooks: [...(this.state.value.webhooks ?? []), webhook], made: { url, secret } };
    });
  }

  /** Another secret, which is shown; the former one signs besides for a day. */
  async renew({ webhookId, url }: WebhookView): Promise<boolean> {
    return await attempt(this.state, async () => {
      const { secret } = await this.#calls.renewSecret(webhookId);
      return { made: { url, secret } };
    });
  }

  /** The secret was seen; nobody can see it again. */
  putAway(): void {
    const { made: _seen, ...rest } = this.state.value;
    this.state.set(rest);
  }

  async turn({ webhookId, url, events }: WebhookView, enabled: boolean): Promise<boolean> {
    return await attempt(this.state, async () => {
      const changed = await this.#calls.change(webhookId, { url, events, enabled });
      const { webhooks = [] } = this.state.value;
      return { webhooks: webhooks.map((each) => (each.webhookId === webhookId ? changed : each)) };
    });
  }

  async remove(webhookId: string): Promise<boolean> {
    return await attempt(this.state, async () => {
      await this.#calls.remove(webhookId);
      this.putAway();
      if (this.state.value.log?.webhookId === webhookId) this.closeLog();
      const { webhooks = [] } = this.state.value;
      return { webhooks: webhooks.filter((each) => each.webhookId !== webhookId) };
    });
  }

  /** Sends a test message, and shows the log, which follows it. */
  async test(webhookId: string): Promise<boolean> {
    return await attempt(this.state, async () => {
      const delivery = await this.#calls.test(webhookId);
      return { log: await this.#read(webhookId, delivery) };
    });
  }

  async openLog(webhookId: string): Promise<boolean> {
    return await attempt(this.state, async () => ({ log: await this.#read(webhookId) }));
  }

  closeLog(): void {
    const { log: _read, ...rest } = this.state.value;
    this.state.set(rest);
  }

  /** The log once more, while it is open and something in it is pending. Silent, since nobody has asked. */
  async follow(): Promise<void> {
    const { log } = this.state.value;
    if (log?.deliveries.some(({ state }) => state === 'pending') !== true) return;
    const next = await this.#read(log.webhookId, log.deliveries[0]).catch(() => undefined);
    if (next === undefined || this.state.value.log?.webhookId !== next.webhookId) return;
    this.state.update((state) => ({ ...state, log: next }));
  }

  async replay(webhookId: string, deliveryId: string): Promise<boolean> {
    return await attempt(this.state, async () => {
      const again = await this.#calls.replay(webhookId, deliveryId);
      const log = await this.#read(webhookId);
      const deliveries = log.deliveries.map((each) => (each.deliveryId === deliveryId ? again : each));
      return { log: { ...log, deliveries } };
    });
  }

  /** @param newest known to be there, which the server's list may not show yet. */
  async #read(webhookId: string, newest?: DeliveryView): Promise<Log> {
    const { deliveries } = await this.#calls.deliveries(webhookId, { limit: SHOWN });
    const isMissing =
      newest !== undefined && !deliveries.some(({ deliveryId }) => deliveryId === newest.deliveryId);
    return { webhookId, deliveries: isMissing ? [newest, ...deliveries] : deliveries };
  }
}
