/** A client of the HTTP API, as the demo, the bench and the tests use it. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import {
  errorBodySchema,
  type JobView,
  jobListSchema,
  jobViewSchema,
  type Submitted,
  submittedSchema,
  type Uploaded,
  uploadedSchema,
} from '@wavefleet/contracts/http.ts';
import { type ProgressView, progressViewSchema } from '@wavefleet/contracts/progress.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import type { z } from 'zod';

/** An answer that was not what was asked for, with the API's own code. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(`${status} ${code}: ${message}`);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
  }
}

export interface SubmitInput {
  readonly fileId: string;
  readonly format: string;
  readonly quality?: string;
  readonly options?: Record<string, unknown>;
}

export class ApiClient {
  readonly baseUrl: string;

  constructor(baseUrl: string) {
    this.baseUrl = baseUrl;
  }

  /** Streams a file from disk as the raw body. */
  async uploadFile(path: string): Promise<Uploaded> {
    const { size } = await stat(path);
    return await this.#json(uploadedSchema, '/api/upload-audio', {
      method: 'POST',
      body: Readable.toWeb(createReadStream(path)) as ReadableStream,
      duplex: 'half',
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(size),
        'x-file-name': encodeURIComponent(basename(path)),
      },
    });
  }

  async submit(input: SubmitInput, headers: Record<string, string> = {}): Promise<Submitted> {
    return await this.#json(submittedSchema, '/api/jobs', {
      method: 'POST',
      body: JSON.stringify(input),
      headers: { 'content-type': 'application/json', ...headers },
    });
  }

  async job(jobId: string): Promise<JobView> {
    return await this.#json(jobViewSchema, `/api/jobs/${jobId}`);
  }

  async jobs(query = ''): Promise<z.infer<typeof jobListSchema>> {
    return await this.#json(jobListSchema, `/api/jobs${query}`);
  }

  async progress(jobId: string): Promise<ProgressView> {
    return await this.#json(progressViewSchema, `/api/progress?jobId=${jobId}`);
  }

  /** Every progress event of a job, over SSE, up to and with the terminal one. */
  async *events(jobId: string, signal?: AbortSignal): AsyncGenerator<ProgressView> {
    const answer = await fetch(
      `${this.baseUrl}/api/jobs/${jobId}/events`,
      signal === undefined ? {} : { signal },
    );
    if (!answer.ok || answer.body === null) throw await this.#errorOf(answer);
    let text = '';
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const data = block.split('\n').find((line) => line.startsWith('data:'));
        if (data !== undefined) yield progressViewSchema.parse(JSON.parse(data.slice(5)));
      }
    }
  }

  /** The job once it is terminal, polled. @throws Error after `timeoutMs`, naming the state it is stuck in. */
  async waitForEnd(jobId: string, timeoutMs = 60_000, everyMs = 50): Promise<JobView> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const job = await this.job(jobId);
      if (isTerminal(job.status)) return job;
      if (performance.now() > deadline)
        throw new Error(`job ${jobId} is still ${job.status} after ${timeoutMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }

  /** The result, as the API streams it. */
  async download(jobId: string, headers: Record<string, string> = {}): Promise<Response> {
    const answer = await fetch(`${this.baseUrl}/api/download?jobId=${jobId}`, { headers });
    if (!answer.ok) throw await this.#errorOf(answer);
    return answer;
  }

  async #json<T>(
    schema: z.ZodType<T>,
    path: string,
    init: RequestInit & { duplex?: 'half' } = {},
  ): Promise<T> {
    const answer = await fetch(`${this.baseUrl}${path}`, init);
    if (!answer.ok) throw await this.#errorOf(answer);
    return schema.parse(await answer.json());
  }

  async #errorOf(answer: Response): Promise<ApiError> {
    const body = errorBodySchema.safeParse(await answer.json().catch(() => undefined));
    const { code, message } = body.success
      ? body.data.error
      : { code: 'NO_JSON', message: answer.statusText };
    return new ApiError(answer.status, code, message);
  }
}
