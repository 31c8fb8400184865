/**
 * The whole fleet on one machine: the embedded stack, the API and N workers as child processes of this one.
 * `npm start`, the demo, the bench and the end-to-end tests all start it here.
 */
import { chmod, mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@wavefleet/platform/config.ts';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { makePlatform } from '@wavefleet/platform/platform.ts';
import { signInSettings } from '@wavefleet/platform/settings/people.ts';
import { Releasers } from '@wavefleet/platform/shutdown.ts';
import { sweepOnce } from '@wavefleet/platform/upkeep/sweeper.ts';
import { jobFilesBelow } from '@wavefleet/worker/job/work-dir.ts';
import { wakeLost } from '@wavefleet/worker/notifier/lost-wake-ups.ts';
import { z } from 'zod';
import { Child, type ChildOptions } from './child.ts';
import { type AccessKeys, randomKeys } from './embedded/access-keys.ts';
import { DATA_IN_USE_EXIT_CODE } from './embedded/data-lock.ts';
import { localEnv } from './local-env.ts';
import { frugalNode, servingNode } from './node-flags.ts';
import { openToPages } from './provision/bucket.ts';
import { makeClients } from './provision/clients.ts';
import { type ResourceNames, resourceNames } from './provision/names.ts';
import { provision } from './provision.ts';

const here = import.meta.dirname;
const worker = join(here, '..', '..', 'worker', 'src', 'main.ts');
const entries = {
  stack: join(here, 'embedded', 'main.ts'),
  api: join(here, '..', '..', 'api', 'src', 'main.ts'),
  worker,
  notifier: worker,
};
const stackReady = z.object({ endpointUrl: z.string(), redisUrl: z.string(), redisPid: z.int() });
const apiReady = z.object({ listening: z.int() });

const REGION = 'us-east-1';

/** A killed worker or notifier is replaced after this pause, so that one that cannot start does not spin. */
const RESTART_PAUSE_MS = 1_000;

export interface FleetOptions {
  /** Everything the fleet keeps: objects, tables, work folders, logs. */
  readonly dataDir: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Worker processes. Default: one per core, each with one conversion at a time. */
  readonly workers?: number;
  /** Whether webhooks are delivered, by one more process. Default: they wait in their queue. */
  readonly notifier?: boolean;
  /** Port of the embedded AWS services. Default 0: a free one. */
  readonly awsPort?: number;
  /** Of the embedded services. Default: made up. */
  readonly keys?: AccessKeys;
  /** Settings on top of the fleet's own, for api and workers; those of signing in for the API alone. */
  readonly env?: Record<string, string>;
  /** Replace workers and the notifier when they die unasked. Default true; tests that kill watch the others instead. */
  readonly restartWorkers?: boolean;
  /** Entry files of processes, in place of the real ones. */
  readonly entries?: Partial<Record<'api' | 'worker' | 'notifier', string>>;
  /** Settings of one process on top, made from those that it would have: tests put something in between. Default: none. */
  readonly settingsOf?: (processName: string, env: Record<string, string>) => Promise<Record<string, string>>;
  /** Told of every process as it is started, also of one that replaces another. Default: nobody is. */
  readonly onStart?: (child: Child) => void;
  /** Services that run already, e.g. in containers. Default: an embedded stack of the fleet's own. */
  readonly services?: {
    readonly url: string;
    readonly redisUrl: string;
    readonly names: ResourceNames;
    readonly keys: AccessKeys;
  };
}

export class Fleet {
  readonly #options: FleetOptions;
  readonly #releasers = new Releasers();
  readonly workers: Child[] = [];
  /** Of workers that were ever asked for: they are not there at once. */
  #places = 0;
  #stopping = false;
  #env: Record<string, string> = {};
  #apiUrl = '';
  #api: Child | undefined;
  #stack: Child | undefined;
  #notifier: Child | undefined;
  #redisPid = -1;
  readonly #lost = Promise.withResolvers<string>();
  readonly #entries: typeof entries;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#entries = { ...entries, ...options.entries };
  }

  get apiUrl(): string {
    return this.#apiUrl;
  }

  /** The settings that api and workers run with; see `FleetOptions.env`. */
  get env(): Record<string, string> {
    return this.#env;
  }

  get logDir(): string {
    return join(this.#options.dataDir, 'logs');
  }

  get api(): Child {
    if (this.#api === undefined) throw new Error('the fleet is not started');
    return this.#api;
  }

  get stack(): Child {
    if (this.#stack === undefined) throw new Error('the fleet is not started');
    return this.#stack;
  }

  /** Resolves, with what has happened, when services or API end unasked. Nobody replaces them: stop, and start anew. */
  get lost(): Promise<string> {
    return this.#lost.promise;
  }

  /** Undefined where webhooks are not delivered. */
  get notifier(): Child | undefined {
    return this.#notifier;
  }

  get redisPid(): number {
    return this.#redisPid;
  }

  /** Names below the work folder of the worker at that place, all levels: a job at work has files there. */
  async workFiles(index: number): Promise<string[]> {
    return await jobFilesBelow(this.#workDir(index));
  }

  /** Resolves when everything answers. On failure what was started is stopped again. @throws ConfigError */
  async start(): Promise<void> {
    try {
      // Also one of a former version, which let others look in.
      await mkdir(this.#options.dataDir, { recursive: true, mode: 0o700 });
      await chmod(this.#options.dataDir, 0o700);
      await this.#startStack();
      await Promise.all([
        this.#startApi(this.#options.port),
        ...Array.from({ length: this.#options.workers ?? availableParallelism() }, () => this.addWorker()),
        ...(this.#options.notifier === true ? [this.#startNotifier()] : []),
      ]);
      if (this.#options.services === undefined) await this.#openToPage();
      await this.#wakeEverybody();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /**
   * Starts one more worker and resolves when it polls.
   * @param index the place, and with it the work folder, of a worker that is gone. Default: a new place.
   */
  async addWorker(env: Record<string, string> = {}, index = this.#places): Promise<Child> {
    this.#places = Math.max(this.#places, index + 1);
    return await this.#startWorker(index, env);
  }

  /** Drains the worker that was added last, and replaces it by none. */
  async removeLast(): Promise<void> {
    const last = this.workers.pop();
    this.#places = this.workers.length;
    await last?.stop();
  }

  /** Drains workers and notifier, then ends the API, then the stack. A second call waits for nothing. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.workers, this.#notifier].map((child) => child?.stop()));
    await this.#releasers.run();
  }

  async #startStack(): Promise<void> {
    const { url, redisUrl, names, keys } = this.#options.services ?? (await this.#startEmbedded());
    const target = { endpointUrl: url, region: REGION, credentials: keys };
    // Where the page is, is not known yet.
    const { settings } = await provision({
      ...target,
      names,
      origins: this.#stack === undefined ? ['*'] : [],
    });
    this.#env = {
      ...localEnv(url, keys),
      ...settings,
      REDIS_URL: redisUrl,
      WORKER_CONCURRENCY: '1',
      ...this.#options.env,
    };
    // What is wrong is said here once, in place of by each process that ends of it.
    loadConfig(this.#env);
  }

  async #startEmbedded(): Promise<NonNullable<FleetOptions['services']>> {
    const keys = this.#options.keys ?? randomKeys();
    this.#stack = this.#child('stack', this.#entries.stack, {
      ...localEnv('', keys),
      EMBEDDED_DATA_DIR: join(this.#options.dataDir, 'aws'),
      EMBEDDED_AWS_PORT: String(this.#options.awsPort ?? 0),
    });
    const stack = this.#stack;
    const ready = await stack.ready.catch(async (error: unknown) => {
      if ((await stack.ended) !== DATA_IN_USE_EXIT_CODE) throw error;
      const { dataDir } = this.#options;
      throw new Error(
        `A fleet already runs on DATA_DIR ${dataDir}. Stop it, or choose another DATA_DIR and PORT.`,
      );
    });
    const { endpointUrl, redisUrl, redisPid } = stackReady.parse(ready);
    this.#redisPid = redisPid;
    return { url: endpointUrl, redisUrl, names: resourceNames(), keys };
  }

  /** The embedded S3 lets no page in but this one. */
  async #openToPage(): Promise<void> {
    const {
      AWS_ENDPOINT_URL,
      AWS_ACCESS_KEY_ID = '',
      AWS_SECRET_ACCESS_KEY = '',
      S3_BUCKET = '',
    } = this.#env;
    const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
    const clients = makeClients({ endpointUrl: AWS_ENDPOINT_URL, region: REGION, credentials });
    const { port } = new URL(this.#apiUrl);
    const origins = ['127.0.0.1', 'localhost'].map((host) => `http://${host}:${port}`);
    await openToPages(clients.s3, S3_BUCKET, origins).finally(() => clients.destroy());
  }

  /** Another API at the same address, in the place of one that has ended. */
  async restartApi(): Promise<void> {
    await this.#startApi(Number(new URL(this.#apiUrl).port));
  }

  async #startApi(port: number): Promise<void> {
    this.#api = this.#child(
      'api',
      this.#entries.api,
      // On the disk that fills up with what it takes in.
      await this.#settings('api', {
        ...this.#env,
        INSTANCE_NAME: 'api',
        PORT: String(port),
        WORK_DIR: join(this.#options.dataDir, 'work'),
      }),
      servingNode,
    );
    const { listening } = apiReady.parse(await this.#api.ready);
    this.#apiUrl = `http://127.0.0.1:${listening}`;
  }

  /** The worker's program in another role. */
  async #startNotifier(): Promise<void> {
    const name = 'notifier';
    const settings = { ...withoutKeys(this.#env), INSTANCE_NAME: name, WORKER_ROLE: name };
    const notifier = this.#spawn({
      name,
      entry: this.#entries.notifier,
      nodeFlags: frugalNode,
      env: await this.#settings(name, settings),
    });
    this.#notifier = notifier;
    void notifier.ended.then(() => this.#replace(() => this.#startNotifier()));
    await notifier.ready;
  }

  async #startWorker(index: number, env: Record<string, string>): Promise<Child> {
    const name = `worker-${index}`;
    const workDir = this.#workDir(index);
    const settings = { ...withoutKeys(this.#env), INSTANCE_NAME: name, WORK_DIR: workDir, ...env };
    const worker = this.#spawn({
      name,
      entry: this.#entries.worker,
      nodeFlags: frugalNode,
      env: await this.#settings(name, settings),
    });
    this.workers[index] = worker;
    void worker.ended.then(() => {
      if (this.workers[index] === worker) this.#replace(() => this.#startWorker(index, env));
    });
    await worker.ready;
    return worker;
  }

  async #settings(name: string, env: Record<string, string>): Promise<Record<string, string>> {
    return { ...env, ...(await this.#options.settingsOf?.(name, env)) };
  }

  #workDir(index: number): string {
    return join(this.#options.dataDir, 'work', String(index));
  }

  #replace(start: () => Promise<unknown>): void {
    if (this.#stopping || this.#options.restartWorkers === false) return;
    setTimeout(() => {
      if (!this.#stopping) start().catch(() => undefined);
    }, RESTART_PAUSE_MS);
  }

  /** Queues live in the stack's memory: after a restart every open job and delivery is woken from its record. */
  async #wakeEverybody(): Promise<void> {
    const config = loadConfig({ ...this.#env, LOG_LEVEL: 'silent' });
    const platform = makePlatform({ ...config, REDIS_URL: undefined }, makeLog('fleet', 'silent'));
    const horizonMs = Number.MAX_SAFE_INTEGER;
    await Promise.all([
      sweepOnce(platform, { horizonMs, pageSize: 10_000 }),
      wakeLost(platform, { horizonMs }),
    ]).finally(() => platform.close());
  }

  #child(name: string, entry: string, env: Record<string, string>, nodeFlags: readonly string[] = []): Child {
    const child = this.#spawn({ name, entry, env, nodeFlags });
    void child.ended.then((how) => {
      if (!this.#stopping) this.#lost.resolve(`${name} ended (${how})`);
    });
    this.#releasers.add(async () => {
      await child.stop();
    });
    return child;
  }

  #spawn(options: Omit<ChildOptions, 'logFile'>): Child {
    const child = new Child({ ...options, logFile: join(this.logDir, `${options.name}.log`) });
    this.#options.onStart?.(child);
    return child;
  }
}

function withoutKeys(env: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !Object.hasOwn(signInSettings, name)));
}
