/**
 * One fleet under faults: real processes over the embedded services, a fault proxy in front of AWS, a door in front of
 * Redis, an FFmpeg that can misbehave, and the history of all that happened.
 */
import { Client } from '@wavefleet/client/client.ts';
import type { Child } from '@wavefleet/localstack/child.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { type Door, openDoor } from '@wavefleet/tests/bring-up/door.ts';
import { Fleet } from '@wavefleet/tests/bring-up/fleet.ts';
import type { EventLog } from '@wavefleet/tests/bring-up/observers.ts';
import { FaultProxy } from '@wavefleet/tests/bring-up/proxy/fault-proxy.ts';
import { History } from '../history/history.ts';
import { scaledClocks } from './clocks.ts';
import { Load, VERY_LONG_SECONDS } from './load.ts';
import { Processes } from './processes.ts';
import { Stalls } from './stalls.ts';
import { StandInFfmpeg } from './stand-in-ffmpeg.ts';

/** An FFmpeg that writes without end is not to fill this disk. */
const MOST_OUTPUT_BYTES = String(64 * 1024 ** 2);

export interface RigOptions {
  /** Default 2, each with one conversion at a time. */
  readonly workers?: number;
  /** How many jobs a case is to have where nothing else decides. Default 20. */
  readonly jobs?: number;
  /** Settings of API and workers on top. */
  readonly env?: Record<string, string>;
  /** Of the faults that hit a share of calls. Default: chance itself. */
  readonly random?: () => number;
}

export class Rig {
  readonly fleet: Fleet;
  readonly proxy: FaultProxy;
  readonly redis: Door;
  readonly ffmpeg: StandInFfmpeg;
  readonly history: History;
  readonly processes: Processes;
  readonly load: Load;
  readonly events: EventLog;
  readonly stalls = new Stalls();
  readonly jobs: number;
  readonly #workers: number;

  private constructor(
    parts: Pick<Rig, 'fleet' | 'proxy' | 'redis' | 'ffmpeg' | 'history' | 'processes' | 'jobs'>,
    workers: number,
  ) {
    this.jobs = parts.jobs;
    this.fleet = parts.fleet;
    this.proxy = parts.proxy;
    this.redis = parts.redis;
    this.ffmpeg = parts.ffmpeg;
    this.history = parts.history;
    this.processes = parts.processes;
    this.#workers = workers;
    this.load = new Load(this);
    this.events = parts.fleet.eventLog();
  }

  /** Resolves when everything answers, and the first clip is uploaded. */
  static async start({ workers = 2, jobs = 20, env = {}, random }: RigOptions = {}): Promise<Rig> {
    const history = new History();
    let between: Promise<{ proxy: FaultProxy; redis: Door; ffmpeg: StandInFfmpeg }> | undefined;
    const settingsOf = async (name: string, of: Record<string, string>) => {
      between ??= put(of, history, random);
      const { proxy, redis, ffmpeg } = await between;
      return { AWS_ENDPOINT_URL: await proxy.door(name), REDIS_URL: redis.url, FFMPEG_PATH: ffmpeg.path };
    };
    const long = { FLEET_SPLIT_MIN_SECONDS: String(VERY_LONG_SECONDS) };
    const settings = { ...scaledClocks, ...long, MAX_OUTPUT_BYTES: MOST_OUTPUT_BYTES, ...env };
    const processes = new Processes();
    const onStart = (child: Child) => processes.watch(child);
    const fleet = await Fleet.start({ workers, clocks: 'production', env: settings, settingsOf, onStart });
    if (between === undefined) throw new Error('no process was started');
    const rig = new Rig({ fleet, history, processes, jobs, ...(await between) }, workers);
    try {
      await rig.load.prepare();
      return rig;
    } catch (error) {
      await rig.stop();
      throw error;
    }
  }

  get client(): Client {
    return new Client(this.fleet.apiUrl);
  }

  /** Connections of the test's own, past all faults. */
  get platform(): Platform {
    return this.fleet.platform;
  }

  /** The living process of that name. */
  process(name: string): Child {
    const found = [this.fleet.api, ...this.fleet.workers].find((each) => each.name === name && each.alive);
    if (found === undefined) throw new Error(`there is no process ${name}`);
    return found;
  }

  /** SIGKILL. A worker is replaced by the fleet itself, a second later; an API at once, at the same address. */
  async kill(name: string): Promise<void> {
    await this.processes.kill(this.process(name));
    if (name === 'api') await this.fleet.restartApi();
  }

  /** No fault any more, and everybody there. */
  async heal(): Promise<void> {
    this.proxy.forget();
    await this.redis.open();
    await this.ffmpeg.forget();
    for (const worker of this.fleet.workers) if (worker.alive) worker.process.kill('SIGCONT');
    await until('all workers are there', () => this.#isWhole(), 20_000);
    await Promise.all(this.fleet.workers.map(({ ready }) => ready));
  }

  /** Conversions at once. */
  get slots(): number {
    return this.#workers;
  }

  async stop(): Promise<void> {
    this.stalls.stop();
    this.proxy.forget();
    for (const worker of this.fleet.workers) if (worker.alive) worker.process.kill('SIGCONT');
    await this.fleet.stop();
    await Promise.all([this.proxy.stop(), this.redis.shut(), this.ffmpeg.remove()]);
  }

  #isWhole(): boolean {
    return this.fleet.workers.length >= this.#workers && this.fleet.workers.every(({ alive }) => alive);
  }
}

/** What stands between the processes and what they use. @param env of one of them. */
async function put(env: Record<string, string>, history: History, random: (() => number) | undefined) {
  const { AWS_ENDPOINT_URL = '', AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = env;
  const keys = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  const proxy = new FaultProxy(AWS_ENDPOINT_URL, history.hear, random, keys);
  const redis = await openDoor(env.REDIS_URL ?? '');
  return { proxy, redis, ffmpeg: await StandInFfmpeg.make() };
}
