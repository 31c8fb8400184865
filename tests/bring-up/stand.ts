/** Stand: things of ours in this process, over the services under test: what a test can look into and hold. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { makeApp } from '@wavefleet/api/app.ts';
import type { WebPage } from '@wavefleet/api/page/web-page.ts';
import { type RunningServer, startServer } from '@wavefleet/api/server/server.ts';
import { makeFfmpegTools } from '@wavefleet/audio/tools.ts';
import { Client } from '@wavefleet/client/client.ts';
import type { Stage } from '@wavefleet/contracts/stages.ts';
import { generousLimits } from '@wavefleet/localstack/generous-limits.ts';
import { localEnv } from '@wavefleet/localstack/local-env.ts';
import { shortClocks } from '@wavefleet/localstack/short-clocks.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { loadConfig } from '@wavefleet/platform/config.ts';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { makePlatform, type Platform } from '@wavefleet/platform/platform.ts';
import { gaugeOf } from '@wavefleet/platform/resources/meter.ts';
import { ResourceMonitor } from '@wavefleet/platform/resources/monitor.ts';
import { Releasers } from '@wavefleet/platform/shutdown.ts';
import { type RunningWorker, startWorker } from '@wavefleet/worker/worker.ts';
import { ByHand } from './by-hand.ts';
import { EventLog } from './observers.ts';
import { provisioned, type Services, startServices } from './services.ts';
import { tokenOf } from './token-of.ts';

export interface StandOptions {
  /** Settings of the API and all workers, on top of those of short clocks. */
  readonly env?: Record<string, string>;
  /** What the API serves as the page. Default: none. */
  readonly webPage?: WebPage | undefined;
  /** Called before every stage of every job; a promise that waits holds the job there. */
  readonly onStage?: (stage: Stage, jobId: string) => Promise<void>;
  /** Cores that its workers take for idle. Default: as the machine is found. */
  readonly idleCores?: number;
}

/** Nothing is killed or frozen in here: a lease that outlives a busy machine costs no test any time. */
export const patientLeases = { LEASE_MS: '10000', VISIBILITY_TIMEOUT_MS: '12000' };

/** Settings for tests of long files that are not about leases, or how busy the machine is. */
export const unhurried = {
  LEASE_MS: '60000',
  VISIBILITY_TIMEOUT_MS: '90000',
  EVENT_LOOP_REFUSE_MS: '60000',
  EVENT_LOOP_WARN_MS: '30000',
};

/** One API: its connections and its server. */
interface RunningApi {
  readonly platform: Platform;
  readonly server: RunningServer;
  /** Ends event streams, stops the server; connections to the services stay. */
  close(): Promise<void>;
}

export class Stand {
  readonly services: Services;
  /** For the test's own files; gone with the stand. */
  readonly dir: string;
  readonly env: Record<string, string>;
  readonly events: EventLog;
  /** Jobs moved without page and worker. */
  readonly byHand: ByHand;
  readonly #options: StandOptions;
  readonly #releasers: Releasers;
  readonly #workers: (() => Promise<void>)[] = [];
  #api: RunningApi;

  private constructor(
    parts: Pick<Stand, 'services' | 'dir' | 'env'>,
    api: RunningApi,
    options: StandOptions,
    releasers: Releasers,
  ) {
    this.services = parts.services;
    this.dir = parts.dir;
    this.env = parts.env;
    this.events = new EventLog(parts.services.clients.sqs, parts.env.EVENTS_QUEUE_URL ?? '');
    this.byHand = new ByHand(this);
    this.#api = api;
    this.#options = options;
    this.#releasers = releasers;
  }

  /** An API, and no worker yet. On failure what was started is stopped again. */
  static async start(options: StandOptions = {}): Promise<Stand> {
    const releasers = new Releasers();
    try {
      const dir = await mkdtemp(join(tmpdir(), 'wavefleet-stand-'));
      releasers.add(() => rm(dir, { recursive: true, force: true }));
      const services = await startServices();
      releasers.add(() => services.stop());
      const env = {
        ...localEnv(services.url, services.keys),
        ...(await provisioned(services)),
        ...generousLimits,
        ...shortClocks,
        ...patientLeases,
        WORKER_CONCURRENCY: '1',
        LOG_LEVEL: 'silent',
        ...options.env,
      };
      const api = await startApi(env, options.webPage);
      const stand = new Stand({ services, dir, env }, api, options, releasers);
      releasers.add(() => stand.#endApi());
      releasers.add(() => stand.stopWorkers());
      return stand;
    } catch (error) {
      await releasers.run();
      throw error;
    }
  }

  /** The API's. */
  get platform(): Platform {
    return this.#api.platform;
  }

  get port(): number {
    return this.#api.server.port;
  }

  get client(): Client {
    return new Client(`http://127.0.0.1:${this.port}`);
  }

  /** A client with a key of that owner's that may do everything, such as of `drops`. */
  async clientOf(ownerId: string): Promise<Client> {
    return new Client(`http://127.0.0.1:${this.port}`, { token: await tokenOf(this.platform, ownerId) });
  }

  /** A request to the API. @param path with its slash in front. */
  async request(path: string, init: RequestInit & { duplex?: 'half' } = {}): Promise<Response> {
    return await fetch(`http://127.0.0.1:${this.port}${path}`, init);
  }

  /** @param body a string is sent as it is. */
  async postJson(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return await this.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** Stops the API's server as SIGTERM does; its connections to the services stay. */
  async closeServer(): Promise<void> {
    await this.#api.close();
  }

  /** Another API, as after a deployment, over the same services. @param env settings that differ from now on. */
  async restartApi(env: Record<string, string> = {}): Promise<void> {
    await this.#endApi();
    this.#api = await startApi({ ...this.env, ...env }, this.#options.webPage);
  }

  /** One more API beside the first one, as while a deployment runs; it ends with the stand. Answers its port. */
  async addApi(env: Record<string, string>): Promise<number> {
    const { platform, server, close } = await startApi(
      { ...this.env, PORT: '0', ...env },
      this.#options.webPage,
    );
    this.#releasers.add(async () => {
      await close();
      platform.close();
    });
    return server.port;
  }

  /** One more worker, with its own connections and its own work folder. */
  async addWorker(
    env: Record<string, string> = {},
  ): Promise<RunningWorker & { platform: Platform; workDir: string }> {
    const workDir = join(this.dir, 'work', String(this.#workers.length));
    const config = loadConfig({ ...this.env, WORK_DIR: workDir, ...env });
    const platform = makePlatform(config, makeLog('worker', config.LOG_LEVEL));
    const ffmpeg = await makeFfmpegTools(
      config,
      { path: this.env.PATH ?? '', uid: process.getuid?.() },
      platform.log,
    );
    const onStage = this.#options.onStage ?? (async () => {});
    const { idleCores: cores } = this.#options;
    const worker = await startWorker({
      ...{ platform, ffmpeg, gauge: gaugeOf(process), onStage },
      ...(cores !== undefined && { idleCores: async () => cores }),
    });
    let stopped: Promise<void> | undefined;
    const stop = () => {
      stopped ??= worker.stop().finally(() => platform.close());
      return stopped;
    };
    this.#workers.push(stop);
    return { stop, platform, workDir };
  }

  /** Drains all workers: after each test, so that none takes the next one's jobs. */
  async stopWorkers(): Promise<void> {
    await Promise.all(this.#workers.map((stop) => stop()));
  }

  /** Drains the workers, then ends the API, then the services. */
  async stop(): Promise<void> {
    await this.#releasers.run();
  }

  async #endApi(): Promise<void> {
    await this.#api.close();
    this.platform.close();
  }
}

/** Of what the API logs, the reason of an answer 500: whoever reads a failed test wants it. */
const unforeseen = () =>
  new Writable({
    write(line, _encoding, done) {
      if (String(line).includes('unforeseen reason')) process.stderr.write(line);
      done();
    },
  });

async function startApi(env: Record<string, string>, webPage: WebPage | undefined): Promise<RunningApi> {
  const platform = makePlatform(loadConfig(env), makeLog('api', 'error', undefined, unforeseen()));
  const closing = new AbortController();
  const resources = new ResourceMonitor(platform, {
    service: 'api',
    gauge: gaugeOf(process),
    work: () => ({ jobIds: [], slots: 0 }),
  });
  await resources.start();
  const app = makeApp({ platform, resources, version: '0.0.0-test', closing: closing.signal, webPage });
  const { MAX_CONNECTIONS, HEADERS_TIMEOUT_MS, REQUEST_TIMEOUT_MS, TRUSTED_PROXIES } = platform.config;
  const limits = {
    maxConnections: MAX_CONNECTIONS,
    headersMs: HEADERS_TIMEOUT_MS,
    requestMs: REQUEST_TIMEOUT_MS,
    trustedProxies: TRUSTED_PROXIES,
  };
  const server = await startServer(app, { host: '127.0.0.1', port: Number(env.PORT ?? 0) }, limits);
  await until('redis is connected', () => platform.redis?.isUp() === true);
  return {
    platform,
    server,
    async close() {
      closing.abort();
      await server.close(2_000);
      await resources.stop();
    },
  };
}
