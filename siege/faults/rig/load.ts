/** The users of a fleet under faults: they order small conversions, ask again when they are told to, and look on. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@wavefleet/client/client.ts';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { Problem } from '@wavefleet/client/problem.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { MAX_JOBS_OF_UPLOAD } from '@wavefleet/contracts/uploads.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import type { Fleet } from '@wavefleet/tests/bring-up/fleet.ts';
import type { History } from '../history/history.ts';
import { type Sound, soundOf } from '../oracle/sound.ts';

type Lossless = 'flac' | 'wav';

/** An uploaded file. */
export interface Source {
  readonly fileId: string;
  /** What a result of it must hold: no format that is asked for here loses anything. */
  readonly sound: ExpectedSound;
}

/** Of a source that is compressed, nobody knows the samples. */
type ExpectedSound = Omit<Sound, 'md5'> & { readonly md5: string | undefined };

/** A job that the API has accepted. */
export interface Accepted {
  readonly jobId: string;
  readonly sound: ExpectedSound;
  /** Of a result that is the same however it came about. */
  readonly sha256?: string;
}

/** Of the clip: enough sound to convert, and a start of FFmpeg is most of it. */
export const CLIP_SECONDS = 0.2;
/** From so much sound on a file counts as very long here, and of the one that does. */
export const VERY_LONG_SECONDS = 30;
const LONG_SECONDS = 40;
/** A user gives up after this. */
const PATIENCE_MS = 90_000;
const AT_ONCE = 4;
/** To know the machine by. */
const FIRST_JOBS = 4;

export class Load {
  readonly #site: { readonly client: Client; readonly fleet: Fleet; readonly history: History };
  #clip: Source = { fileId: '', sound: { seconds: 0, md5: undefined } };
  /** Jobs that were ordered of it. */
  #ofClip = 0;
  #msPerJob = 0;
  #long: { readonly source: Source; readonly sha256: string } | undefined;

  constructor(site: { readonly client: Client; readonly fleet: Fleet; readonly history: History }) {
    this.#site = site;
  }

  /** The upload of the clip. */
  get fileId(): string {
    return this.#clip.fileId;
  }

  /** What a job takes on this machine as it is now, when nothing is wrong. */
  get msPerJob(): number {
    return this.#msPerJob;
  }

  /** Uploads the clip that all jobs are of, and has it converted for the first time. @throws when that takes a minute. */
  async prepare(): Promise<void> {
    await makeSample(this.#clipPath, { seconds: CLIP_SECONDS });
    await this.#uploadClip();
    const startedAtMs = performance.now();
    const first = await this.submit(FIRST_JOBS);
    const isEnded = ({ jobId }: Accepted) =>
      this.#site.history.writesOf(jobId).some(({ what }) => what === 'end');
    await until('the first jobs have ended', () => first.every(isEnded), 60_000);
    this.#msPerJob = (performance.now() - startedAtMs) / FIRST_JOBS;
  }

  /** Uploads what counts as very long, and has it converted while nothing is wrong: so the result is known. */
  async prepareLong(): Promise<void> {
    if (this.#long !== undefined) return;
    const path = this.#site.fleet.file('long.wav');
    await makeSample(path, { seconds: LONG_SECONDS });
    const source = await this.upload(path, LONG_SECONDS);
    const { jobId } = await this.#site.client.jobs.submit({ fileId: source.fileId, format: 'mp3' });
    const { status } = await this.#site.client.jobs.waitForEnd(jobId, { timeoutMs: PATIENCE_MS });
    const record = await this.#site.fleet.platform.jobs.get(jobId);
    const sha256 = record?.outputS3Location?.sha256;
    if (sha256 === undefined) throw new Error(`the very long job is ${status}`);
    this.#long = { source, sha256 };
  }

  /** One job of it. */
  async submitLong(): Promise<Accepted> {
    if (this.#long === undefined) throw new Error('there is no very long file');
    const { source, sha256 } = this.#long;
    return { ...(await this.submitOne('mp3', source)), sha256 };
  }

  /** Between two faults: the clip is uploaded once more before it has as many jobs as one file may have. */
  async renew(): Promise<void> {
    if (this.#ofClip > MAX_JOBS_OF_UPLOAD / 2) await this.#uploadClip();
  }

  get #clipPath(): string {
    return this.#site.fleet.file('clip.wav');
  }

  async #uploadClip(): Promise<void> {
    this.#clip = await this.upload(this.#clipPath, CLIP_SECONDS);
    this.#ofClip = 0;
  }

  /** @param seconds of sound in it. */
  async upload(path: string, seconds: number): Promise<Source> {
    const { fileId } = await uploadFile(this.#site.client, path);
    return { fileId, sound: { seconds, md5: (await soundOf(await readFile(path)))?.md5 } };
  }

  /** So many jobs, some at a time; resolves when all are accepted. @throws when one is refused for good. */
  async submit(count: number, format: Lossless = 'flac'): Promise<Accepted[]> {
    const accepted: Accepted[] = [];
    let begun = 0;
    const user = async () => {
      while (begun < count) {
        begun += 1;
        accepted.push(await this.submitOne(format));
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, user));
    return accepted;
  }

  /** A job of the clip that somebody else has ordered. */
  accepted(jobId: string): Accepted {
    return { jobId, sound: this.#clip.sound };
  }

  /** Asks with one key until there is an answer, as a user does who was cut off. */
  async submitOne(format: Lossless | 'mp3' = 'flac', { fileId, sound } = this.#clip): Promise<Accepted> {
    const idempotencyKey = randomUUID();
    if (fileId === this.#clip.fileId) this.#ofClip += 1;
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        const { jobId } = await this.#site.client.jobs.submit({ fileId, format }, { idempotencyKey });
        return { jobId, sound };
      } catch (error) {
        if (!(error instanceof Problem && error.retryable) || performance.now() > deadline) throw error;
        await sleep(250);
      }
    }
  }

  /**
   * Looks at the jobs one after the other, over and over, until the signal; what is told goes into the history. An
   * answer that does not come is no answer: users ask again.
   */
  async watch(jobs: readonly Accepted[], signal: AbortSignal): Promise<void> {
    const open = new Set(jobs.map(({ jobId }) => jobId));
    while (!signal.aborted && open.size > 0) {
      for (const jobId of open) {
        if (signal.aborted) return;
        const view = await this.#site.client.progress.get(jobId, { signal }).catch(() => undefined);
        if (view !== undefined) {
          this.#site.history.read({ jobId, status: view.status, percent: view.progress });
          if (isTerminal(view.status)) open.delete(jobId);
        }
        await sleep(40, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
