/** API and real workers in this process over a real stack: what a test can look into while it works. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeApp } from '@wavefleet/api/app.ts';
import { type RunningServer, startServer } from '@wavefleet/api/http/server.ts';
import { Client } from '@wavefleet/client/client.ts';
import type { Stage } from '@wavefleet/contracts/stages.ts';
import { localEnv } from '@wavefleet/localstack/fleet.ts';
import { provision } from '@wavefleet/localstack/provision.ts';
import { shortClocks } from '@wavefleet/localstack/short-clocks.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { loadConfig } from '@wavefleet/platform/config.ts';
import { makeLog } from '@wavefleet/platform/log.ts';
import { makePlatform, type Platform } from '@wavefleet/platform/platform.ts';
import { Releasers } from '@wavefleet/platform/shutdown.ts';
import { makeFfmpegTools } from '@wavefleet/worker/ffmpeg/tools.ts';
import { type RunningWorker, startWorker } from '@wavefleet/worker/worker.ts';
import { EventLog } from './observers.ts';
import { startServices } from './services.ts';

export interface StandOptions {
  readonly env?: Record<string, string>;
  /** Called before every stage of every job; a promise that waits holds the job there. */
  readonly onStage?: (stage: Stage, jobId: string) => Promise<void>;
}

export class Stand {
  readonly env: Record<string, string>;
  readonly dir: string;
  /** The API's. */
  readonly platform: Platform;
  readonly client: Client;
  readonly events: EventLog;
  readonly #options: StandOptions;
  readonly #releasers: Releasers;
  #workers = 0;

  private constructor(
    parts: Pick<Stand, 'env' | 'dir' | 'platform'>,
    server: RunningServer,
    options: StandOptions,
    releasers: Releasers,
  ) {
    this.env = parts.env;
    this.dir = parts.dir;
    this.platform = parts.platform;
    this.client = new Client(`http://127.0.0.1:${server.port}`);
    this.events = new EventLog(parts.platform.aws.sqs, parts.env.EVENTS_QUEUE_URL ?? '');
    this.#options = options;
    this.#releasers = releasers;
  }

  static async start(options: StandOptions = {}): Promise<Stand> {
    const releasers = new Releasers();
    const dir = await mkdtemp(join(tmpdir(), 'wavefleet-stand-'));
    releasers.add(() => rm(dir, { recursive: true, force: true }));
    const services = await startServices();
    releasers.add(() => services.stop());
    const { url: endpointUrl, names } = services;
    const { settings } = await provision({ endpointUrl, region: 'us-east-1', names });
    const env = {
      ...localEnv(endpointUrl),
      ...settings,
      ...shortClocks,
      REDIS_URL: services.redisUrl,
      WORKER_CONCURRENCY: '1',
      LOG_LEVEL: 'silent',
      ...options.env,
    };
    const platform = makePlatform(loadConfig(env), makeLog('api', env.LOG_LEVEL));
    releasers.add(() => platform.close());
    const closing = new AbortController();
    const app = makeApp({ platform, version: '0.0.0-test', closing: closing.signal });
    const server = await startServer(app, { host: '127.0.0.1', port: 0 });
    releasers.add(() => server.close(2_000));
    releasers.add(() => closing.abort());
    await until('redis is connected', () => platform.redis?.isUp() === true);
    return new Stand({ env, dir, platform }, server, options, releasers);
  }

  /** One more worker, with its own connections and its own work folder. */
  async addWorker(
    env: Record<string, string> = {},
  ): Promise<RunningWorker & { platform: Platform; workDir: string }> {
    const workDir = join(this.dir, 'work', String(this.#workers++));
    const config = loadConfig({ ...this.env, WORK_DIR: workDir, ...env });
    const platform = makePlatform(config, makeLog('worker', config.LOG_LEVEL));
    const ffmpeg = await makeFfmpegTools(
      config,
      { path: this.env.PATH ?? '', uid: process.getuid?.() },
      platform.log,
    );
    const onStage = this.#options.onStage ?? (async () => {});
    const worker = await startWorker({ platform, ffmpeg, onStage });
    let stopped: Promise<void> | undefined;
    const stop = () => {
      stopped ??= worker.stop().finally(() => platform.close());
      return stopped;
    };
    this.#releasers.add(stop);
    return { stop, platform, workDir };
  }

  async stop(): Promise<void> {
    await this.#releasers.run();
  }
}
