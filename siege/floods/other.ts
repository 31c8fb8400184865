/** The process of `other-owner.ts`, from the outside. */
import { once } from 'node:events';
import { join } from 'node:path';
import { Child } from '@wavefleet/localstack/child.ts';
import { z } from 'zod';
import { type Wait, waitSchema } from './slower.ts';

export class OtherOwner {
  readonly #child: Child;

  private constructor(child: Child) {
    this.#child = child;
  }

  /** One whose file is there. @throws Error when it cannot be brought there. */
  static async start(url: string, file: string, logDir: string): Promise<OtherOwner> {
    const child = new Child({
      name: 'other-owner',
      entry: join(import.meta.dirname, 'other-owner.ts'),
      env: { API_URL: url, FILE: file },
      logFile: join(logDir, 'other-owner.log'),
    });
    await child.ready;
    return new OtherOwner(child);
  }

  /**
   * One job after the other.
   * @throws Error when one was not completed.
   */
  async waits(jobs: number): Promise<Wait[]> {
    const waits: Wait[] = [];
    while (waits.length < jobs) {
      const told = once(this.#child.process, 'message');
      this.#child.process.send('go');
      const answer = z.union([waitSchema, z.string()]).parse((await told)[0]);
      if (typeof answer === 'string') throw new Error(answer);
      waits.push(answer);
    }
    return waits;
  }

  async stop(): Promise<void> {
    await this.#child.stop();
  }
}
