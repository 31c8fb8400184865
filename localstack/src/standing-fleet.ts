/**
 * A fleet for months without anybody beside it. It replaces its workers itself; when what all of them stand on has ended
 * (the services or the API), it is drained and started anew at the same addresses, as often as that takes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { randomKeys } from './embedded/access-keys.ts';
import { Fleet, type FleetOptions } from './fleet.ts';

/** Before the first try; doubles with each that fails. */
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** What whoever started it hears. */
export interface Hearer {
  /** Called each time that all of it answers. What it throws ends the first start; later on it is only said. */
  up(fleet: Fleet): Promise<void>;
  say(line: string): void;
}

/** One fleet after the other, for whoever asks for one. */
export class StandingFleet {
  readonly #hearer: Hearer;
  readonly #over = new AbortController();
  #options: FleetOptions;
  #fleet: Fleet;
  #watching: Promise<void> = Promise.resolve();

  constructor(options: FleetOptions, hearer: Hearer) {
    this.#options = { ...options, keys: randomKeys() };
    this.#hearer = hearer;
    this.#fleet = new Fleet(this.#options);
  }

  /** Resolves when everything answers. What fails here is not tried again. @throws as {@link Fleet.start} */
  async start(): Promise<void> {
    await this.#fleet.start();
    if (this.#over.signal.aborted) return;
    const port = Number(new URL(this.#fleet.apiUrl).port);
    const awsPort = Number(new URL(this.#fleet.env.AWS_ENDPOINT_URL ?? '').port);
    this.#options = { ...this.#options, port, awsPort };
    await this.#hearer.up(this.#fleet);
    this.#watching = this.#watch();
  }

  async stop(): Promise<void> {
    this.#over.abort();
    await Promise.all([this.#fleet.stop(), this.#watching]);
  }

  async #watch(): Promise<void> {
    const { signal } = this.#over;
    const over = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    while (!signal.aborted) {
      const what = await Promise.race([this.#fleet.lost, over]);
      if (signal.aborted) return;
      this.#hearer.say(`${what}: starting again…`);
      await this.#fleet.stop();
      await this.#startAnew(signal);
    }
  }

  async #startAnew(signal: AbortSignal): Promise<void> {
    for (let pauseMs = PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      this.#fleet = new Fleet(this.#options);
      try {
        await this.#fleet.start();
      } catch (error) {
        this.#sayOf(error);
        continue;
      }
      // What answers is kept, also where nobody can be told of it: on a full disk, perhaps.
      if (!signal.aborted) await this.#hearer.up(this.#fleet).catch((error: unknown) => this.#sayOf(error));
      return;
    }
  }

  #sayOf(error: unknown): void {
    this.#hearer.say(error instanceof Error ? error.message : String(error));
  }
}
