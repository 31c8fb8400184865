/** Segments of one job's result as they lie in S3: each whole or not at all, under the name of all that made it. */
import { rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { KeptSegment } from '@wavefleet/audio/segment-keeper.ts';
import { segmentsPrefix } from '@wavefleet/contracts/keys.ts';
import { isMissing } from '@wavefleet/platform/aws/errors.ts';
import { msSince } from '@wavefleet/platform/log/log.ts';
import { EtagSum } from '@wavefleet/platform/storage/etag-sum.ts';
import type { WorkContext } from '../context.ts';
import { sendFile } from '../store-file.ts';
import { withRetries } from '../transfer-retries.ts';
import { openFor, writeBody } from '../write-body.ts';

export class SegmentStore {
  readonly #context: WorkContext;
  readonly #prefix: string;

  constructor(context: WorkContext) {
    this.#context = context;
    this.#prefix = segmentsPrefix(context.job.jobId);
  }

  /** The keys of those that are there. @throws SDK errors. */
  async keys(): Promise<Set<string>> {
    // Others may store some for this attempt, which it then never reads.
    this.#context.stored.beginBelow(this.#prefix);
    return new Set(await this.#context.platform.objects.list(this.#prefix));
  }

  keyOf({ name, file }: KeptSegment): string {
    return `${this.#prefix}${name}${extname(file)}`;
  }

  /** Answers whether it is stored now: who cannot store a segment has made it all the same. @throws the abort reason. */
  async put(segment: KeptSegment, index: number): Promise<boolean> {
    const { stored, signal, log } = this.#context;
    const key = this.keyOf(segment);
    const startedAtMs = performance.now();
    stored.beginBelow(this.#prefix);
    try {
      const options = { what: 'segment' } as const;
      const { sizeBytes } = await sendFile(this.#context, key, segment.file, CONTENT_TYPE, options);
      log.say('segment.stored', { segment: index, key, sizeBytes, ms: msSince(startedAtMs) });
      return true;
    } catch (error) {
      signal.throwIfAborted();
      log.say('segment.not-stored', { segment: index, key, err: error });
      return false;
    }
  }

  /** Brings it into the folder. Answers whether it was there, and whole. @throws the abort reason. */
  async fetch(segment: KeptSegment, index: number): Promise<boolean> {
    const { folder, signal, log, stored } = this.#context;
    const key = this.keyOf(segment);
    const path = join(folder, segment.file);
    const startedAtMs = performance.now();
    stored.beginBelow(this.#prefix);
    try {
      let isThere = false;
      await withRetries(this.#context, 'segment', async () => {
        isThere = await this.#read(key, path);
      });
      if (isThere) log.say('segment.taken-up', { segment: index, key, ms: msSince(startedAtMs) });
      return isThere;
    } catch (error) {
      await rm(path, { force: true });
      signal.throwIfAborted();
      log.say('segment.not-read', { segment: index, key, err: error });
      return false;
    }
  }

  /** False where there is none. */
  async #read(key: string, path: string): Promise<boolean> {
    const { platform, signal } = this.#context;
    await rm(path, { force: true });
    try {
      const { body, etag, sizeBytes, etagIsSum } = await platform.objects.open(key, { signal });
      // Not through a link that a child may have put there.
      const summing = new EtagSum({ etag, sizeBytes });
      const file = await openFor(body, path, 'wx');
      const onBlock = (bytes: Buffer) => summing.add(bytes);
      await writeBody(body, { file, sizeBytes, signal, onBlock }).finally(() => file.close());
      const sum = etagIsSum ? summing.etag() : undefined;
      if (sum !== undefined && sum !== etag) throw new Error('the bytes that came are not those that S3 has');
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }
}

/** They are of no use by themselves. */
const CONTENT_TYPE = 'application/octet-stream';
