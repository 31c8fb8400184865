/**
 * Whether anything new may be taken in. Who has to be sent away is sent away before anything is read or stored, and
 * told when to come back; what was taken in already goes on.
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { ResourceMonitor } from '@wavefleet/platform/resources/monitor.ts';
import type { QueueLook } from './queue-look.ts';

/** A queue that was too long is no longer so at this share of the limit: else one job in, one job out. */
const RELIEF = 0.9;

/** One for the process. */
export class Admission {
  readonly #deps: Pick<Platform, 'config' | 'log'>;
  readonly #look: QueueLook;
  readonly #resources: Pick<ResourceMonitor, 'exhausted'>;
  #isQueueFull = false;

  constructor(
    deps: Pick<Platform, 'config' | 'log'>,
    look: QueueLook,
    resources: Pick<ResourceMonitor, 'exhausted'>,
  ) {
    this.#deps = deps;
    this.#look = look;
    this.#resources = resources;
  }

  /** To be asked before an upload or a job is taken in. @throws Failure OVERLOADED, with the reasons. */
  async admit(): Promise<void> {
    const reasons = await this.reasons();
    if (reasons.length > 0) throw new Failure('OVERLOADED', { detail: { reasons } });
  }

  /** Why nothing is taken in at present: `queue`, or resources of this machine. Empty when all is well. Never throws. */
  async reasons(): Promise<string[]> {
    const isQueueFull = await this.#seeQueue();
    return [...(isQueueFull ? ['queue'] : []), ...this.#resources.exhausted];
  }

  /** A queue that does not answer keeps nobody out: the sweeper will send what is taken in meanwhile. */
  async #seeQueue(): Promise<boolean> {
    const look = await this.#look.fresh();
    if (look === undefined) return false;
    const { waiting } = look.depth;
    const { MAX_WAITING_JOBS: limit } = this.#deps.config;
    const isFull = waiting > (this.#isQueueFull ? limit * RELIEF : limit);
    if (isFull !== this.#isQueueFull) {
      this.#isQueueFull = isFull;
      const { log } = this.#deps;
      if (isFull) log.say('queue.full', { waiting, limit });
      else log.say('queue.relieved', { waiting, limit });
    }
    return isFull;
  }
}
