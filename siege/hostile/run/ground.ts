/** The fleet that hostile files and requests are sent to: one machine, real processes, limits that are soon reached. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FleetOptions } from '@wavefleet/localstack/fleet.ts';
import { Fleet } from '@wavefleet/tests/bring-up/fleet.ts';
import { tokenOf } from '@wavefleet/tests/bring-up/token-of.ts';
import { MAX_BYTES, MAX_SECONDS } from '../caps.ts';
import { makeSeeds, type Seeds } from '../craft/seeds.ts';

/** Where everything is sent. */
export class Ground {
  readonly fleet: Fleet;
  readonly seeds: Seeds;
  #tokenOfDrops: Promise<string> | undefined;

  private constructor(fleet: Fleet, seeds: Seeds) {
    this.fleet = fleet;
    this.seeds = seeds;
  }

  /** @param env settings on top. */
  static async prepare({ env = {}, ...options }: Partial<FleetOptions> = {}): Promise<Ground> {
    const seeds = await makeSeeds();
    const fleet = await Fleet.start({
      ...options,
      env: {
        MAX_DURATION_SECONDS: String(MAX_SECONDS),
        MAX_UPLOAD_BYTES: String(MAX_BYTES),
        MAX_RESUMABLE_UPLOAD_BYTES: String(MAX_BYTES),
        // One caller sends all of this: how much that may be is tried by the floods.
        ...{ REQUESTS_PER_MINUTE: '1000000', SUBMISSIONS_PER_MINUTE: '1000000', MAX_ACTIVE_JOBS: '100000' },
        ...{ MAX_OPEN_UPLOADS: '100000', MAX_STORED_BYTES: String(1024 ** 4) },
        ...env,
      },
    });
    return new Ground(fleet, seeds);
  }

  /** A request to the API, with its slash in front. One that is told to wait waits. */
  async request(path: string, init: RequestInit & { duplex?: 'half' } = {}): Promise<Response> {
    for (let tries = 1; ; tries += 1) {
      const answer = await fetch(`${this.fleet.apiUrl}${path}`, init);
      if (answer.status !== 429 || tries === MAX_TRIES || init.body instanceof ReadableStream) return answer;
      await answer.body?.cancel();
      await sleep(Math.min(5, Number(answer.headers.get('retry-after') ?? 1)) * 1_000);
    }
  }

  /** @param body a string is sent as it is. */
  async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return await this.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** A key of whose the drops are. */
  async tokenOfDrops(): Promise<string> {
    this.#tokenOfDrops ??= tokenOf(this.fleet.platform, 'drops');
    return await this.#tokenOfDrops;
  }

  async stop(): Promise<void> {
    await this.fleet.stop();
  }
}

/** Limits of rates are not what is tried here. */
const MAX_TRIES = 20;
