/** The API in this process over a real stack, without workers: jobs stay where the test puts them. */
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { makeApp } from '@wavefleet/api/app.ts';
import { type RunningServer, startServer } from '@wavefleet/api/http/server.ts';
import type { WebPage } from '@wavefleet/api/page/web-page.ts';
import { errorBodySchema, submittedSchema, uploadedSchema } from '@wavefleet/contracts/http.ts';
import { type Job, type JobError, orderSchema } from '@wavefleet/contracts/job.ts';
import { outputKey } from '@wavefleet/contracts/keys.ts';
import { ABILITY } from '@wavefleet/contracts/needs.ts';
import { type ProvisionOptions, provision } from '@wavefleet/localstack/provision.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { loadConfig } from '@wavefleet/platform/config.ts';
import type { Ending } from '@wavefleet/platform/jobs/ending.ts';
import type { Claim } from '@wavefleet/platform/jobs/transitions.ts';
import { makeLog } from '@wavefleet/platform/log.ts';
import { makePlatform, type Platform } from '@wavefleet/platform/platform.ts';
import { startServices, type TestServices } from './services.ts';

export const UNKNOWN_ID = '6f1c2c1e-3f5e-4b8a-9c53-0d7a1d1b7a01';
export const LIMIT_BYTES = 24 * 1024 ** 2;

const region: ProvisionOptions['region'] = 'us-east-1';
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

export const FORM_TYPE = 'multipart/form-data; boundary=cut';

/**
 * An upload in chunks by a plain client: it sends to the end before it looks at the answer, and must not be cut
 * off. Answers the whole response.
 */
export async function stubbornUpload(port: number, type: string, bytes: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    answer += text;
  });
  const send = async (chunk: Buffer | string) => {
    socket.write(`${Buffer.byteLength(chunk).toString(16)}\r\n`);
    socket.write(chunk);
    if (!socket.write('\r\n')) await once(socket, 'drain');
  };
  socket.write(
    `POST /api/upload-audio HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  if (type === FORM_TYPE) {
    await send('--cut\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n');
  }
  const mebibyte = Buffer.alloc(1024 ** 2);
  for (let sent = 0; sent < bytes; sent += mebibyte.length) await send(mebibyte);
  await send('\r\n--cut--\r\n');
  socket.write('0\r\n\r\n');
  await until('the answer is there', () => answer.endsWith('}}') || answer.endsWith('"}'), 15_000);
  socket.destroy();
  return answer;
}

export interface ApiStandOptions {
  readonly env?: Record<string, string>;
  readonly webPage?: WebPage | undefined;
}

/** One API process: its connections, its server. */
interface Running {
  readonly platform: Platform;
  readonly server: RunningServer;
  readonly closing: AbortController;
}

async function startApi(env: Record<string, string>, webPage: WebPage | undefined): Promise<Running> {
  const platform = makePlatform(loadConfig(env), makeLog('api', 'silent'));
  const closing = new AbortController();
  const app = makeApp({ platform, version: '0.0.0-test', closing: closing.signal, webPage });
  const server = await startServer(app, { host: '127.0.0.1', port: 0 });
  await until('redis is connected', () => platform.redis?.isUp() === true);
  return { platform, server, closing };
}

export class ApiStand {
  readonly services: TestServices;
  readonly #env: Record<string, string>;
  readonly #webPage: WebPage | undefined;
  #running: Running;

  private constructor(
    services: TestServices,
    env: Record<string, string>,
    webPage: WebPage | undefined,
    running: Running,
  ) {
    this.services = services;
    this.#env = env;
    this.#webPage = webPage;
    this.#running = running;
  }

  static async start(options: ApiStandOptions = {}): Promise<ApiStand> {
    process.env.AWS_ACCESS_KEY_ID = 'test';
    process.env.AWS_SECRET_ACCESS_KEY = 'test';
    const services = await startServices();
    const { settings } = await provision({ endpointUrl: services.url, region, names: services.names });
    const env = {
      ...settings,
      REDIS_URL: services.redisUrl,
      MAX_UPLOAD_BYTES: String(LIMIT_BYTES),
      LOG_LEVEL: 'silent',
      ...options.env,
    };
    return new ApiStand(services, env, options.webPage, await startApi(env, options.webPage));
  }

  get platform(): Platform {
    return this.#running.platform;
  }

  get port(): number {
    return this.#running.server.port;
  }

  async closeServer(): Promise<void> {
    this.#running.closing.abort();
    await this.#running.server.close(2_000);
  }

  /** Another API process, as after a deployment, on the same stack. @param env settings that differ from now on. */
  async restartApi(env: Record<string, string> = {}): Promise<void> {
    await this.closeServer();
    this.platform.close();
    this.#running = await startApi({ ...this.#env, ...env }, this.#webPage);
  }

  async stop(): Promise<void> {
    await this.closeServer();
    this.platform.close();
    await this.services.stop();
  }

  async request(path: string, init: RequestInit & { duplex?: 'half' } = {}): Promise<Response> {
    return await fetch(`http://127.0.0.1:${this.port}${path}`, init);
  }

  async postJson(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return await this.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** Uploads a few bytes and answers the fileId. */
  async upload(fileName = 'song.wav'): Promise<string> {
    const response = await this.request('/api/upload-audio', {
      method: 'POST',
      headers: { 'content-type': 'audio/wav', 'x-file-name': encodeURIComponent(fileName) },
      body: 'RIFF and so on',
    });
    return uploadedSchema.parse(await response.json()).fileId;
  }

  /** A job that waits: its id. */
  async job(fileId?: string): Promise<string> {
    const response = await this.postJson('/api/jobs', {
      fileId: fileId ?? (await this.upload()),
      format: 'mp3',
    });
    return submittedSchema.parse(await response.json()).jobId;
  }

  /** What a worker does first. */
  async claim(jobId: string): Promise<Claim> {
    const owner = randomUUID();
    const claimant = { owner, leaseMs: 60_000, ability: ABILITY };
    const result = await this.platform.transitions.claim(jobId, claimant);
    if (result.kind !== 'claimed') throw new Error(`not claimed: ${result.kind}`);
    return result.claim;
  }

  /** What a worker does last, with `bytes` as the result. */
  async complete(claim: Claim, bytes: Buffer): Promise<Job> {
    const { objects, transitions, jobs } = this.platform;
    const job = await jobs.get(claim.jobId);
    if (job === undefined) throw new Error('no such job');
    const { format } = orderSchema.parse(job);
    const key = outputKey(claim.jobId, claim.attempt, format);
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
    await this.platform.transitions.finish(claim, { status: 'failed', error });
  }
}

/** Status and code of a refusal, in one line; checks the envelope and that its id is the header's. */
export async function refusal(response: Response): Promise<string> {
  const { error } = errorBodySchema.parse(await response.json());
  if (error.requestId !== response.headers.get('x-request-id')) throw new Error('request ids differ');
  return `${response.status} ${error.code}`;
}
