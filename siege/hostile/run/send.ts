/** One file on its way through the real fleet, by either door, and what became of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, NoSuchKey, PutObjectCommand } from '@aws-sdk/client-s3';
import type { SubmitBody } from '@wavefleet/contracts/http.ts';
import {
  errorBodySchema,
  type JobView,
  jobViewSchema,
  submittedSchema,
  uploadedSchema,
} from '@wavefleet/contracts/http.ts';
import { warningSchema } from '@wavefleet/contracts/job.ts';
import { dropResultKey } from '@wavefleet/contracts/keys.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { z } from 'zod';
import type { Ground } from './ground.ts';

/** What became of a file. */
export interface Outcome {
  /** `hang`: it had not ended in time. `5xx`: an answer that no caller caused. */
  readonly state: 'completed' | 'failed' | 'refused' | 'hang' | '5xx';
  /** Of what did not complete. */
  readonly code: string | undefined;
  readonly warnings: readonly string[];
  /** From the first byte that was sent to the end. */
  readonly seconds: number;
  /** Undefined where it came to no job. */
  readonly jobId: string | undefined;
  readonly attempts: number;
}

/** In one line, as classes write down what they expect. */
export const inOneLine = ({ state, code, warnings }: Outcome): string =>
  state === 'completed' ? ['completed', ...warnings].join(' ') : (code ?? state);

/** How a file is sent. */
export interface Sending {
  readonly name: string;
  readonly bytes: Buffer;
  /** Default `application/octet-stream`. */
  readonly contentType?: string | undefined;
  /** What is asked of the job. Default: FLAC. */
  readonly order?: Omit<SubmitBody, 'fileId'> | undefined;
  /** After which a file that has not ended hangs. Default 60 s. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 60_000;
const LOOK_MS = 25;

/** By `POST /api/upload-audio` and `POST /api/jobs`. */
export async function sendByUpload(ground: Ground, sending: Sending): Promise<Outcome> {
  const { name, bytes, contentType = 'application/octet-stream', order = { format: 'flac' } } = sending;
  const startedAtMs = performance.now();
  const uploaded = await ground.request(
    `/api/upload-audio?fileName=${encodeURIComponent(name.toWellFormed())}`,
    {
      method: 'POST',
      headers: { 'content-type': contentType },
      body: new Uint8Array(bytes),
    },
  );
  if (uploaded.status !== 201) return await refusedOutcome(uploaded, startedAtMs);
  const { fileId } = uploadedSchema.parse(await uploaded.json());
  const submitted = await ground.post('/api/jobs', { fileId, ...order });
  if (submitted.status !== 202) return await refusedOutcome(submitted, startedAtMs);
  const { jobId } = submittedSchema.parse(await submitted.json());
  const job = await waitForEnd(ground, jobId, startedAtMs + (sending.patienceMs ?? PATIENCE_MS));
  return outcomeOf(job, jobId, startedAtMs);
}

async function waitForEnd(ground: Ground, jobId: string, untilMs: number): Promise<JobView | undefined> {
  while (performance.now() < untilMs) {
    const answer = await ground.request(`/api/jobs/${jobId}`);
    const job = answer.status === 200 ? jobViewSchema.parse(await answer.json()) : undefined;
    if (job !== undefined && isTerminal(job.status)) return job;
    await sleep(LOOK_MS);
  }
  return undefined;
}

function outcomeOf(job: JobView | undefined, jobId: string, startedAtMs: number): Outcome {
  const seconds = secondsSince(startedAtMs);
  if (job === undefined) return { state: 'hang', code: undefined, warnings: [], seconds, jobId, attempts: 0 };
  return {
    state: job.status === 'completed' ? 'completed' : 'failed',
    code: job.error?.code,
    warnings: job.warnings.map(({ code }) => code),
    seconds,
    jobId,
    attempts: job.attempt,
  };
}

async function refusedOutcome(answer: Response, startedAtMs: number): Promise<Outcome> {
  const body = errorBodySchema.safeParse(await answer.json().catch(() => undefined));
  return {
    state: answer.status >= 500 ? '5xx' : 'refused',
    code: body.data?.error.code,
    warnings: [],
    seconds: secondsSince(startedAtMs),
    jobId: undefined,
    attempts: 0,
  };
}

const secondsSince = (startedAtMs: number): number => (performance.now() - startedAtMs) / 1000;

const dropResultSchema = z.object({
  jobId: z.string().nullable(),
  status: z.string(),
  error: z.object({ code: z.string() }).nullable(),
  warnings: z.array(warningSchema),
});

/** Each has a folder of its own, so that the result file is that of no other. */
let drops = 0;

/** By nothing but an S3 client: into `drops/flac/`, and its result file is awaited. */
export async function sendByDrop(
  ground: Ground,
  { name, bytes, patienceMs = PATIENCE_MS }: Sending,
  key = `drops/flac/${++drops}/${name}`,
): Promise<Outcome> {
  const { aws, objects } = ground.fleet.platform;
  const { bucket: Bucket } = objects;
  const startedAtMs = performance.now();
  await aws.s3.send(new PutObjectCommand({ Bucket, Key: key, Body: bytes, ContentLength: bytes.length }));
  while (performance.now() < startedAtMs + patienceMs) {
    const text = await aws.s3
      .send(new GetObjectCommand({ Bucket, Key: dropResultKey(key) }))
      .then((answer) => answer.Body?.transformToString())
      .catch((error: unknown) => {
        if (!(error instanceof NoSuchKey)) throw error;
      });
    if (text !== undefined) {
      const result = dropResultSchema.parse(JSON.parse(text));
      return {
        state: result.status === 'completed' ? 'completed' : 'failed',
        code: result.error?.code,
        warnings: result.warnings.map(({ code }) => code),
        seconds: secondsSince(startedAtMs),
        jobId: result.jobId ?? undefined,
        attempts: 1,
      };
    }
    await sleep(LOOK_MS);
  }
  return {
    state: 'hang',
    code: undefined,
    warnings: [],
    seconds: secondsSince(startedAtMs),
    jobId: undefined,
    attempts: 0,
  };
}
