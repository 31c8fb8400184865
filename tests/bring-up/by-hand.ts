/** What page and worker do with jobs, done by the test itself: jobs stay where it puts them. */
import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { outputFormat } from '@wavefleet/contracts/formats.ts';
import { submittedSchema, uploadedSchema } from '@wavefleet/contracts/http.ts';
import { type Job, type JobError, orderSchema } from '@wavefleet/contracts/job.ts';
import { outputKey } from '@wavefleet/contracts/keys.ts';
import { ABILITY } from '@wavefleet/contracts/needs.ts';
import type { Claim } from '@wavefleet/platform/jobs/claim.ts';
import type { Ending } from '@wavefleet/platform/jobs/ending.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { cutOffWav } from './not-audio.ts';

const input = {
  container: 'wav',
  codec: 'pcm_s16le',
  durationSeconds: 2,
  sampleRate: 44_100,
  channels: 2,
  bitDepth: 16,
  streams: 1,
  hasCover: false,
  tags: {},
};
const timings = { queued: 1, download: 1, probe: 1, convert: 1, verify: 1, upload: 1, total: 6 };

/** What is needed of a stand. */
interface Hands {
  readonly platform: Platform;
  request(path: string, init?: RequestInit): Promise<Response>;
  postJson(path: string, body: unknown): Promise<Response>;
}

export class ByHand {
  readonly #stand: Hands;

  constructor(stand: Hands) {
    this.#stand = stand;
  }

  /** Uploads a few bytes and answers the fileId. */
  async upload(fileName = 'song.wav'): Promise<string> {
    const response = await this.#stand.request('/api/upload-audio', {
      method: 'POST',
      headers: { 'content-type': 'audio/wav', 'x-file-name': encodeURIComponent(fileName) },
      body: cutOffWav,
    });
    return uploadedSchema.parse(await response.json()).fileId;
  }

  /** A job that waits, and is known to be on the queue: its id. */
  async job(fileId?: string): Promise<string> {
    const response = await this.#stand.postJson('/api/jobs', {
      fileId: fileId ?? (await this.upload()),
      format: 'mp3',
    });
    const { jobId } = submittedSchema.parse(await response.json());
    await this.#stand.platform.dispatches.settle();
    return jobId;
  }

  /** What a worker does first. */
  async claim(jobId: string): Promise<Claim> {
    const owner = randomUUID();
    const claimant = { owner, leaseMs: 60_000, ability: ABILITY };
    const result = await this.#stand.platform.transitions.claim(jobId, claimant);
    if (result.kind !== 'claimed') throw new Error(`not claimed: ${result.kind}`);
    return result.claim;
  }

  /** What a worker does last, with `bytes` as the result. */
  async complete(claim: Claim, bytes: Buffer): Promise<Job> {
    const { objects, transitions, jobs } = this.#stand.platform;
    const job = await jobs.get(claim.jobId);
    if (job === undefined) throw new Error('no such job');
    const { format } = orderSchema.parse(job);
    const key = outputKey(claim.jobId, claim.attempt, outputFormat(format).extension);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const facts = { sizeBytes: bytes.length, sha256 };
    await objects.putKnown(key, Readable.from([bytes]), { ...facts, contentType: 'audio/mpeg' });
    const output = {
      ...facts,
      bucket: objects.bucket,
      key,
      durationSeconds: 2,
      sampleRate: 44_100,
      channels: 2,
      codec: 'mp3',
    };
    const ending: Ending = { status: 'completed', output, warnings: [], input, timings };
    const done = await transitions.finish(claim, ending);
    if (done === undefined) throw new Error('not finished');
    return done;
  }

  /** A job that has failed. */
  async fail(
    claim: Claim,
    error: JobError = { code: 'CORRUPT_INPUT', message: 'Damaged.', retryable: false },
  ): Promise<void> {
    await this.#stand.platform.transitions.finish(claim, { status: 'failed', error });
  }
}
