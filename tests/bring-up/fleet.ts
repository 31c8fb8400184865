/** Fleet: real processes of ours over the services under test, to be killed, frozen and replaced. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@wavefleet/client/client.ts';
import { type FleetOptions, Fleet as LocalFleet } from '@wavefleet/localstack/fleet.ts';
import { generousLimits } from '@wavefleet/localstack/generous-limits.ts';
import { shortClocks } from '@wavefleet/localstack/short-clocks.ts';
import { loadConfig } from '@wavefleet/platform/config.ts';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { makePlatform, type Platform } from '@wavefleet/platform/platform.ts';
import { EventLog } from './observers.ts';
import { type Services, startServicesOfFleet } from './services.ts';

/** The worker that stops where a test wants it to; see there. */
export const holdingWorker = join(import.meta.dirname, 'holding-worker.ts');

interface Options extends Omit<Partial<FleetOptions>, 'dataDir' | 'services'> {
  /** `production`: those of the settings' defaults. Default `short`: seconds. */
  readonly clocks?: 'short' | 'production';
  /** `default`: those of the settings' defaults. Default `generous`: a test is a program that asks as fast as it can. */
  readonly limits?: 'generous' | 'default';
}

/** The fleet of `npm start`, with a folder of its own that goes with it. */
export class Fleet extends LocalFleet {
  /** For its data and the test's own files. */
  readonly dir: string;
  readonly #services: Services | undefined;
  #platform: Platform | undefined;

  private constructor(
    dir: string,
    services: Services | undefined,
    { clocks = 'short', limits = 'generous', ...options }: Options,
  ) {
    const theirs = services === undefined ? {} : { services };
    const limited = limits === 'generous' ? generousLimits : {};
    const env = { ...limited, ...(clocks === 'short' ? shortClocks : {}), ...options.env };
    super({ port: 0, ...options, ...theirs, env, dataDir: join(dir, 'data') });
    this.dir = dir;
    this.#services = services;
  }

  /** Resolves when everything answers. On failure what was started is stopped again. */
  static async start(options: Options = {}): Promise<Fleet> {
    const services = await startServicesOfFleet();
    const fleet = new Fleet(await mkdtemp(join(tmpdir(), 'wavefleet-fleet-')), services, options);
    await fleet.start();
    return fleet;
  }

  get client(): Client {
    return new Client(this.apiUrl);
  }

  /** A path in `dir`. */
  file(name: string): string {
    return join(this.dir, name);
  }

  /** The test's own connections to what the fleet uses. */
  get platform(): Platform {
    const config = loadConfig({ ...this.env, LOG_LEVEL: 'silent' });
    this.#platform ??= makePlatform(config, makeLog('test', 'silent'));
    return this.#platform;
  }

  /** A reader of the events queue; what it takes out no other one sees. */
  eventLog(): EventLog {
    return new EventLog(this.platform.aws.sqs, this.env.EVENTS_QUEUE_URL ?? '');
  }

  /** The work folder of the worker at that place. */
  workDir(index: number): string {
    return join(this.dir, 'data', 'work', String(index));
  }

  /** SIGKILL to the Redis that it uses. */
  async killRedis(): Promise<void> {
    if (this.#services === undefined) process.kill(this.redisPid, 'SIGKILL');
    else await this.#services.killRedis();
  }

  override async stop(): Promise<void> {
    this.#platform?.close();
    await super.stop();
    await this.#services?.stop();
    await rm(this.dir, { recursive: true, force: true });
  }
}
