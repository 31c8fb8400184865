/**
 * Watches a process and its machine: samples them, warns once of each excess and says once when it is over, tells the
 * other processes, and knows whether anything new may be taken in.
 */
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import {
  type ConversionMeans,
  type ProcessSample,
  scarceResources,
  type WatchedResource,
  watchedResources,
} from '@wavefleet/contracts/system.ts';
import type { AwsClients } from '../aws/clients.ts';
import type { Config } from '../config.ts';
import { every } from '../every.ts';
import type { Log } from '../log/log.ts';
import { type Grade, type Levels, levelsOf, nextGrade, readingOf } from './levels.ts';
import { type ProcessGauge, ResourceMeter } from './meter.ts';
import type { ProcessBoard } from './process-board.ts';

/** By then Redis is connected, so that the others learn of a new process soon. */
const SECOND_SAMPLE_MS = 1_000;
/** A process whose samples fail to come this often counts as gone. */
const MISSED_SAMPLES = 3;

/** What a process is at. */
export interface Work {
  readonly jobIds: readonly string[];
  /** How many jobs it can be at; once it drains, those that it ends. */
  readonly slots: number;
  /** Services for which it waits, and receives nothing. Default: none. */
  readonly waitingFor?: readonly string[];
}

interface MonitorDeps {
  readonly aws: Pick<AwsClients, 'breakers'>;
  readonly config: Config;
  readonly log: Log;
  readonly processes: ProcessBoard;
}

export class ResourceMonitor {
  readonly processId = randomUUID().slice(0, 8);
  readonly #deps: MonitorDeps;
  readonly #service: ProcessSample['service'];
  readonly #work: () => Work;
  readonly #conversion: ConversionMeans | undefined;
  readonly #meter: ResourceMeter;
  readonly #levels: Record<WatchedResource, Levels>;
  readonly #grades = new Map<WatchedResource, Grade>();
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #startedAtMs = performance.now();
  #latest: ProcessSample | undefined;
  #stopLoop: (() => Promise<void>) | undefined;

  /** @param work asked at every sample. */
  constructor(
    deps: MonitorDeps,
    self: {
      readonly service: ProcessSample['service'];
      readonly gauge: ProcessGauge;
      readonly work: () => Work;
      /** Of a worker: with what it converts. */
      readonly conversion?: ConversionMeans;
    },
  ) {
    this.#deps = deps;
    this.#service = self.service;
    this.#work = self.work;
    this.#conversion = self.conversion;
    this.#meter = new ResourceMeter(self.gauge, deps.config.WORK_DIR);
    this.#levels = levelsOf(deps.config);
  }

  /** Takes the first sample, and then one every RESOURCE_SAMPLE_MS. */
  async start(): Promise<void> {
    await this.sample();
    const everyMs = this.#deps.config.RESOURCE_SAMPLE_MS;
    this.#stopLoop = every(
      { everyMs, firstMs: Math.min(everyMs, SECOND_SAMPLE_MS) },
      () => this.sample(),
      () => undefined,
    );
  }

  async stop(): Promise<void> {
    await this.#stopLoop?.();
    this.#meter.close();
    await this.#deps.processes.withdraw(this.processId);
  }

  /** The newest sample. @throws Error before `start`. */
  get latest(): ProcessSample {
    if (this.#latest === undefined) throw new Error('nothing is sampled yet');
    return this.#latest;
  }

  /** Resources for want of which nothing new is taken in. */
  get exhausted(): WatchedResource[] {
    return scarceResources.filter((resource) => this.#gradeOf(resource) === 'exhausted');
  }

  /** Resolves at once while nothing is exhausted, else when that is over. @throws the signal's AbortError. */
  async untilWell(signal: AbortSignal): Promise<void> {
    while (this.exhausted.length > 0) await once(this.#changes, 'sampled', { signal });
  }

  /** Takes a sample now. Never throws. */
  async sample(): Promise<ProcessSample> {
    const { config, log, processes } = this.#deps;
    const readings = await this.#meter.read();
    const { jobIds, slots, waitingFor = [] } = this.#work();
    for (const resource of watchedResources) {
      const reading = readingOf(resource, readings);
      if (reading !== null) this.#grade(resource, reading, jobIds);
    }
    const sample: ProcessSample = {
      ...readings,
      processId: this.processId,
      service: this.#service,
      sampledAt: new Date().toISOString(),
      uptimeSeconds: Math.round((performance.now() - this.#startedAtMs) / 1000),
      high: watchedResources.filter((resource) => this.#gradeOf(resource) !== 'fine'),
      exhausted: this.exhausted,
      waitingFor: [...waitingFor],
      breakers: this.#breakers(),
      jobIds: [...jobIds],
      slots,
      ...(this.#conversion === undefined ? {} : { conversion: this.#conversion }),
    };
    this.#latest = sample;
    log.say('resources.sampled', { ...readings, activeJobs: jobIds.length });
    this.#changes.emit('sampled');
    await processes.publish(sample, config.RESOURCE_SAMPLE_MS * MISSED_SAMPLES);
    return sample;
  }

  #breakers(): ProcessSample['breakers'] {
    const breakers = Object.values(this.#deps.aws.breakers);
    return Object.fromEntries(breakers.map(({ service, state }) => [service, state()]));
  }

  #gradeOf(resource: WatchedResource): Grade {
    return this.#grades.get(resource) ?? 'fine';
  }

  /** One line for each change: what is too much, and how much it is, and who may be the cause. */
  #grade(resource: WatchedResource, reading: number, jobIds: readonly string[]): void {
    const before = this.#gradeOf(resource);
    const levels = this.#levels[resource];
    const now = nextGrade(before, reading, levels);
    if (now === before) return;
    this.#grades.set(resource, now);
    const { warn: warnLevel, refuse: refuseLevel } = levels;
    const line = {
      resource,
      reading,
      warnLevel,
      refuseLevel,
      activeJobs: jobIds.length,
      jobIds: [...jobIds],
    };
    const { log } = this.#deps;
    if (now === 'exhausted') log.say('resource.exhausted', line);
    else if (before === 'exhausted') log.say('resource.relieved', line);
    else if (now === 'high') log.say('resource.high', line);
    else log.say('resource.well', line);
  }
}
