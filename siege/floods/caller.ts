/** A browser that asks the API by plain HTTP, as fast as it can. */
import { readFile } from 'node:fs/promises';
import {
  Agent,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
} from 'node:http';
import { text } from 'node:stream/consumers';
import {
  errorBodySchema,
  jobViewSchema,
  submittedSchema,
  uploadedSchema,
} from '@wavefleet/contracts/http.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { uploadViewSchema } from '@wavefleet/contracts/uploads.ts';
import { browserHeaders } from '@wavefleet/tests/bring-up/caller.ts';
import type { Wait } from './slower.ts';

export interface Answer {
  readonly status: number;
  /** The error's code; empty for a good answer. */
  readonly code: string;
  readonly body: string;
}

export class Caller {
  readonly #url: string;
  readonly #known = browserHeaders();
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 50 });

  /** An owner of its own. */
  constructor(url: string) {
    this.#url = url;
  }

  /** A request whose body is still to be sent, on a connection of its own unless said otherwise. */
  open(
    method: string,
    path: string,
    headers: OutgoingHttpHeaders = {},
    agent: Agent | false = false,
  ): ClientRequest {
    return request(`${this.#url}${path}`, { method, agent, headers: { ...this.#known, ...headers } });
  }

  async ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    return await this.#send(method, path, headers, body === undefined ? undefined : JSON.stringify(body));
  }

  /** Answers the fileId. */
  async upload(file: string): Promise<string> {
    const { body } = await this.#send('POST', '/api/upload-audio?fileName=a.wav', {}, await readFile(file));
    return uploadedSchema.parse(JSON.parse(body)).fileId;
  }

  async submit(fileId: string): Promise<Answer & { jobId: string }> {
    const answer = await this.ask('POST', '/api/jobs', { fileId, format: 'mp3' });
    return {
      ...answer,
      jobId: answer.code === '' ? submittedSchema.parse(JSON.parse(answer.body)).jobId : '',
    };
  }

  async begin(sizeBytes: number): Promise<Answer & { fileId: string }> {
    const answer = await this.ask('POST', '/api/uploads', { fileName: 'a.wav', sizeBytes });
    return {
      ...answer,
      fileId: answer.code === '' ? uploadViewSchema.parse(JSON.parse(answer.body)).fileId : '',
    };
  }

  /** From the order to the end of one job. @throws Error unless it is completed. */
  async waitOfOneJob(fileId: string): Promise<Wait> {
    const startedAt = performance.now();
    const { jobId, status, code } = await this.submit(fileId);
    if (jobId === '') throw new Error(`the other owner was refused: ${status} ${code}`);
    for (;;) {
      const job = jobViewSchema.parse(JSON.parse((await this.ask('GET', `/api/jobs/${jobId}`)).body));
      if (job.status === 'completed') {
        const { queued: queuedMs = 0, total: _, ...stages } = job.timings ?? {};
        const workedMs = Object.values(stages).reduce((sum, ms) => sum + ms, 0);
        return { ms: performance.now() - startedAt, queuedMs, workedMs };
      }
      if (isTerminal(job.status)) throw new Error(`the other owner's job is ${job.status}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #send(
    method: string,
    path: string,
    headers: OutgoingHttpHeaders,
    body: string | Buffer | undefined,
  ): Promise<Answer> {
    const req = this.open(method, path, headers, this.#agent);
    const answered = responseOf(req);
    req.end(body);
    return await answerOf(await answered);
  }
}

/** Resolves with the headers. @throws when the connection breaks. */
export async function responseOf(req: ClientRequest): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    req.once('response', resolve);
    req.once('error', reject);
  });
}

export async function answerOf(response: IncomingMessage): Promise<Answer> {
  const body = await text(response);
  const status = response.statusCode ?? 0;
  return { status, body, code: status < 400 ? '' : errorBodySchema.parse(JSON.parse(body)).error.code };
}
