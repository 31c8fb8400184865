/** Measures a process and its machine. */
import { statfs } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Readings } from '@wavefleet/contracts/system.ts';
import { freeMemoryBytes } from './memory.ts';

/** Node's timers show how late they are only by this much at best; on time they come after it. */
const LOOP_RESOLUTION_MS = 20;

/** What only a process itself can tell. */
export interface ProcessGauge {
  rssBytes(): number;
  /** Processor time used since its start. */
  cpuMs(): number;
}

/** @param self the process: `main.ts` files hand it in. */
export function gaugeOf(self: Pick<NodeJS.Process, 'memoryUsage' | 'cpuUsage'>): ProcessGauge {
  return {
    rssBytes: () => self.memoryUsage.rss(),
    cpuMs() {
      const { user, system } = self.cpuUsage();
      return (user + system) / 1000;
    },
  };
}

interface Counters {
  readonly atMs: number;
  readonly cpuMs: number;
  readonly machineBusyMs: number;
  readonly machineAllMs: number;
}

export class ResourceMeter {
  readonly #gauge: ProcessGauge;
  readonly #diskPath: string;
  readonly #loop: ReturnType<typeof monitorEventLoopDelay>;
  #last: Counters;

  /** Measures from now on. @param diskPath a folder on the disk in question; need not be there yet. */
  constructor(gauge: ProcessGauge, diskPath: string) {
    this.#gauge = gauge;
    this.#diskPath = diskPath;
    this.#loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
    this.#loop.enable();
    this.#last = this.#count();
  }

  /** What there is now, and what has been since the last call. Never throws. */
  async read(): Promise<Readings> {
    const last = this.#last;
    const now = this.#count();
    this.#last = now;
    const eventLoopDelayMs = this.#readLoop();
    const [freeDisk, freeMemory] = await Promise.all([freeDiskBytes(this.#diskPath), freeMemoryBytes()]);
    return {
      rssBytes: this.#gauge.rssBytes(),
      cpuPercent: percent(now.cpuMs - last.cpuMs, now.atMs - last.atMs),
      machineCpuPercent: percent(
        now.machineBusyMs - last.machineBusyMs,
        now.machineAllMs - last.machineAllMs,
      ),
      eventLoopDelayMs,
      freeDiskBytes: freeDisk,
      freeMemoryBytes: freeMemory,
    };
  }

  close(): void {
    this.#loop.disable();
  }

  #count(): Counters {
    const times = cpus().map((core) => core.times);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const machineAllMs = sum(times.map(({ user, nice, sys, idle, irq }) => user + nice + sys + idle + irq));
    return {
      atMs: performance.now(),
      cpuMs: this.#gauge.cpuMs(),
      machineAllMs,
      machineBusyMs: machineAllMs - sum(times.map(({ idle }) => idle)),
    };
  }

  #readLoop(): Readings['eventLoopDelayMs'] {
    const late = (nanoseconds: number) =>
      this.#loop.count === 0 ? 0 : Math.max(0, Math.round(nanoseconds / 1e6 - LOOP_RESOLUTION_MS));
    const delay = { p99: late(this.#loop.percentile(99)), max: late(this.#loop.max) };
    this.#loop.reset();
    return delay;
  }
}

/** With one decimal. */
function percent(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.max(0, Math.round((1000 * part) / whole) / 10);
}

/** Of the nearest folder that is there; null when the system does not tell. */
async function freeDiskBytes(path: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    const parent = dirname(path);
    return parent === path ? null : await freeDiskBytes(parent);
  }
}
