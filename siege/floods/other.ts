/** The process of `other-owner.ts`, from the outside. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';

export class OtherOwner {
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#process = child;
  }

  /** One whose file is there. */
  static async start(url: string, file: string): Promise<OtherOwner> {
    const child = fork(join(import.meta.dirname, 'other-owner.ts'), [url, file]);
    await once(child, 'message');
    return new OtherOwner(child);
  }

  /** One job after the other; the median of what they took from the order to the end, in ms. */
  async medianWaitMs(jobs: number): Promise<number> {
    const waitsMs: number[] = [];
    while (waitsMs.length < jobs) {
      const told = once(this.#process, 'message', { signal: AbortSignal.timeout(60_000) });
      this.#process.send('go');
      waitsMs.push(z.number().parse((await told)[0]));
    }
    return waitsMs.sort((a, b) => a - b)[Math.floor(jobs / 2)] ?? Number.POSITIVE_INFINITY;
  }

  stop(): void {
    this.#process.kill();
  }
}
