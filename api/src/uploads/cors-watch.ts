/**
 * Notices a bucket that takes nothing from the page: of that the API hears nothing by itself, since browsers send parts
 * to S3 past it. So S3 is asked what the browser will ask, now and then, beside the work.
 */
import { randomUUID } from 'node:crypto';
import { uploadKey } from '@wavefleet/contracts/keys.ts';
import type { Log } from '@wavefleet/platform/log/log.ts';
import type { PartStore } from '@wavefleet/platform/storage/parts.ts';
import { preflight } from '@wavefleet/platform/trouble/preflight.ts';

/** A rule that was mended, or broken, is seen within this. */
const AGAIN_MS = 3_600_000;
/** Pages of one service have few origins; whoever invents more makes no more work. */
const MOST_ORIGINS = 20;
const TIMEOUT_MS = 5_000;
const URL_SECONDS = 60;

export class CorsWatch {
  readonly #parts: Pick<PartStore, 'presign' | 'bucket'>;
  readonly #log: Pick<Log, 'say'>;
  readonly #lookedAtMs = new Map<string, number>();

  constructor(parts: Pick<PartStore, 'presign' | 'bucket'>, log: Pick<Log, 'say'>) {
    this.#parts = parts;
    this.#log = log;
  }

  /** A page of this origin is about to send parts. @param origin undefined: not a browser. Never throws. */
  async sees(origin: string | undefined): Promise<void> {
    if (origin === undefined || !URL.canParse(origin)) return;
    const lookedAtMs = this.#lookedAtMs.get(origin);
    const isKnown = lookedAtMs !== undefined;
    if (isKnown ? performance.now() - lookedAtMs < AGAIN_MS : this.#lookedAtMs.size >= MOST_ORIGINS) return;
    this.#lookedAtMs.set(origin, performance.now());
    // Nobody answers: browsers may have another way to S3 than this machine.
    const refused = await this.#ask(origin).catch(() => undefined);
    if (refused === undefined) return;
    const { problem: reason, fix } = refused;
    this.#log.say('cors.refused', {
      origin: new URL(origin).origin,
      bucket: this.#parts.bucket,
      reason,
      fix,
    });
  }

  async #ask(origin: string) {
    const upload = { key: uploadKey(randomUUID(), ''), multipartId: 'none' };
    const { url } = await this.#parts.presign(upload, { partNumber: 1, sizeBytes: 1 }, URL_SECONDS);
    return await preflight(url, 'PUT', origin, AbortSignal.timeout(TIMEOUT_MS));
  }
}
