/**
 * A proxy between the processes of a fleet and its AWS: each process has a door of its own, so that it is known who
 * calls. Chosen calls go wrong; what each write came to is told to whoever keeps the history.
 */
import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { AccessKeys } from '@wavefleet/localstack/embedded/access-keys.ts';
import { sha256Hex, signedAnew } from '@wavefleet/localstack/embedded/signature.ts';
import { z } from 'zod';
import { type Call, callOf, type JsonBody, type Service } from './call.ts';
import { cutAfter, flipSomewhere } from './damage.ts';
import type { ActiveFault, Effect, Fault } from './fault.ts';

/** Told of every answer of a JSON service, lost or not. @param answer its body, as the service gave it. */
export type Witness = (call: Call, status: number, answer: string) => void;

const received = z.object({
  Messages: z.array(z.object({ ReceiptHandle: z.string(), Body: z.string() })).default([]),
});

export class FaultProxy {
  /** What a build with a fault of its own would send in the place of this. Undefined: the build is as it is. */
  broken: ((body: JsonBody) => JsonBody) | undefined;
  readonly #target: string;
  readonly #keys: AccessKeys | undefined;
  readonly #witness: Witness;
  readonly #random: () => number;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #doors = new Map<string, Server>();
  readonly #faults = new Set<RunningFault>();
  /** Which job a message's handle stands for. */
  readonly #handles = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #answers = new WeakMap<Call, PromiseWithResolvers<void>>();

  /** @param target the URL of the services. @param random of the faults that hit a share of calls. @param keys to sign what is {@link broken} anew. */
  constructor(
    target: string,
    witness: Witness = () => undefined,
    random: () => number = Math.random,
    keys?: AccessKeys,
  ) {
    this.#target = target;
    this.#keys = keys;
    this.#witness = witness;
    this.#random = random;
  }

  /** The AWS_ENDPOINT_URL of the process of that name: the same one however often it is started. */
  async door(caller: string): Promise<string> {
    let server = this.#doors.get(caller);
    if (server === undefined) {
      server = createServer((req, res) => {
        // A caller that is killed is no error of the proxy's.
        this.#serve(caller, req, res).catch(() => res.destroy());
      });
      // As real services: callers keep connections longer than Node's 5 s.
      server.keepAliveTimeout = 75_000;
      this.#doors.set(caller, server);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** From now on. The first fault that hits a call decides. */
  inject(fault: Fault): ActiveFault {
    const running = new RunningFault(fault, this.#random);
    this.#faults.add(running);
    return Object.assign(running, { end: () => void this.#faults.delete(running) });
  }

  /** Calls since the last {@link forget}. */
  calls(service: Service, caller?: string): number {
    const wanted = (key: string) => key.endsWith(` ${service}`) && (!caller || key.startsWith(`${caller} `));
    return [...this.#counts].filter(([key]) => wanted(key)).reduce((sum, [, count]) => sum + count, 0);
  }

  /** Resolves when the service has answered that call, whether or not its caller is told. */
  async answered(call: Call): Promise<void> {
    await this.#answer(call).promise;
  }

  /** No fault, and nothing counted. */
  forget(): void {
    this.#faults.clear();
    this.#counts.clear();
  }

  async stop(): Promise<void> {
    this.forget();
    await Promise.all(
      [...this.#doors.values()].map(async (server) => {
        const closed = once(server, 'close');
        server.close();
        server.closeAllConnections();
        await closed;
      }),
    );
    this.#agent.destroy();
  }

  async #serve(caller: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
    req.on('error', () => undefined);
    res.on('error', () => undefined);
    const isJson = req.headers['x-amz-target'] !== undefined;
    const body = isJson ? await buffer(req) : undefined;
    const call = callOf(caller, req, body?.toString() ?? '');
    const { ReceiptHandle = call.body?.Entries?.[0]?.ReceiptHandle } = call.body ?? {};
    call.jobId ??= this.#handles.get(ReceiptHandle ?? '');
    this.#counts.set(`${caller} ${call.service}`, (this.#counts.get(`${caller} ${call.service}`) ?? 0) + 1);
    const effect = [...this.#faults].find((fault) => fault.strikes(call))?.effect;
    if (effect?.kind === 'refuse') return void req.socket.resetAndDestroy();
    if (effect?.kind === 'reset') return void req.once('data', () => req.socket.resetAndDestroy());
    if (effect?.kind === 'hang') return void req.resume();
    if (effect?.kind === 'error') return await refuseWith(req, res, call, effect);
    if (effect?.kind === 'late')
      return await this.#passLate(call, req, body ?? (await buffer(req)), effect.ms);
    if (effect?.kind === 'slow') await Promise.race([pause(effect.ms), once(res, 'close')]);
    if (effect?.kind === 'hold' && effect.when === 'before')
      await Promise.race([effect.until, once(res, 'close')]);
    if (res.destroyed) return;
    if (body === undefined) return await this.#passStream(call, req, res, effect);
    const sent = call.body && this.broken ? Buffer.from(JSON.stringify(this.broken(call.body))) : body;
    await this.#passJson(call, req, res, sent, effect);
  }

  /** Whole requests and whole answers: what was passed on counts, even when its caller has died meanwhile. */
  async #passJson(
    call: Call,
    req: IncomingMessage,
    res: ServerResponse,
    sent: Buffer,
    effect: Effect | undefined,
  ): Promise<void> {
    const as = { ...req.headers, 'content-length': String(sent.length) };
    const onward = this.#onward(req, this.broken ? this.#resigned(req, as, sent) : as);
    onward.end(sent);
    // A dead worker's long poll must not take messages; anything else has been asked for, and is done.
    if (call.operation === 'ReceiveMessage') res.once('close', () => onward.destroy());
    const [answer] = (await once(onward, 'response')) as [IncomingMessage];
    let bytes: Buffer = await buffer(answer);
    this.#hear(call, answer.statusCode ?? 500, bytes.toString());
    if (effect?.kind === 'lose-reply') return void req.socket.destroy();
    if (effect?.kind === 'hold') await Promise.race([effect.until, once(res, 'close')]);
    if (effect?.kind === 'answer') bytes = Buffer.from(effect.body(bytes.toString()));
    if (effect?.kind === 'flip') bytes = flipSomewhere(bytes);
    const { 'transfer-encoding': _, 'x-amz-crc32': __, ...headers } = answer.headers;
    res.writeHead(answer.statusCode ?? 500, { ...headers, 'content-length': String(bytes.length) });
    if (effect?.kind === 'cut')
      return void res.write(bytes.subarray(0, effect.afterBytes), () => res.destroy());
    res.end(bytes);
  }

  /** Nobody waits for the answer any more; the history hears it. */
  async #passLate(call: Call, req: IncomingMessage, sent: Buffer, ms: number): Promise<void> {
    req.socket.destroy();
    await pause(ms);
    const onward = this.#onward(req, { ...req.headers, 'content-length': String(sent.length) });
    onward.end(sent);
    const [answer] = (await once(onward, 'response')) as [IncomingMessage];
    this.#hear(call, answer.statusCode ?? 500, (await buffer(answer)).toString());
  }

  async #passStream(
    call: Call,
    req: IncomingMessage,
    res: ServerResponse,
    effect: Effect | undefined,
  ): Promise<void> {
    const onward = this.#onward(req, req.headers);
    res.once('close', () => onward.destroy());
    const [[answer]] = (await Promise.all([once(onward, 'response'), pipeline(req, onward)])) as [
      [IncomingMessage],
      unknown,
    ];
    this.#answer(call).resolve();
    if (effect?.kind === 'lose-reply') {
      answer.resume();
      await once(answer, 'end');
      return void req.socket.destroy();
    }
    if (effect?.kind === 'hold') await Promise.race([effect.until, once(res, 'close')]);
    res.writeHead(answer.statusCode ?? 500, answer.headers);
    if (effect?.kind === 'cut') return await cutAfter(effect.afterBytes, answer, res);
    if (effect?.kind !== 'flip') return await pipeline(answer, res);
    const bytes = await buffer(answer);
    res.end(flipSomewhere(bytes));
  }

  #onward({ method, url }: IncomingMessage, headers: IncomingMessage['headers']) {
    return request(new URL(url ?? '/', this.#target), { method, headers, agent: this.#agent });
  }

  #resigned({ method = '', url = '' }: IncomingMessage, headers: IncomingHttpHeaders, body: Buffer) {
    if (this.#keys === undefined) return headers;
    const hash = sha256Hex(body);
    const changed = { ...headers, 'x-amz-content-sha256': hash };
    return { ...changed, authorization: signedAnew({ method, url, headers: changed }, hash, this.#keys) };
  }

  #hear(call: Call, status: number, answer: string): void {
    if (call.operation === 'ReceiveMessage' && status === 200) {
      for (const { ReceiptHandle, Body } of received.parse(JSON.parse(answer)).Messages) {
        const [jobId] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(Body) ?? [];
        if (jobId !== undefined) this.#handles.set(ReceiptHandle, jobId);
      }
    }
    this.#witness(call, status, answer);
    this.#answer(call).resolve();
  }

  #answer(call: Call): PromiseWithResolvers<void> {
    const known = this.#answers.get(call);
    if (known !== undefined) return known;
    const made = Promise.withResolvers<void>();
    this.#answers.set(call, made);
    return made;
  }
}

class RunningFault implements Omit<ActiveFault, 'end'> {
  readonly effect: Effect;
  readonly struck: Call[] = [];
  readonly #fault: Fault;
  readonly #random: () => number;
  readonly #jobs = new Set<string>();
  readonly #waiting: { count: number; resolve: (call: Call) => void }[] = [];

  constructor(fault: Fault, random: () => number) {
    this.#fault = fault;
    this.#random = random;
    this.effect = fault.effect;
  }

  /** Whether it hits this call; then the call is struck. */
  strikes(call: Call): boolean {
    const { hits, times = Number.POSITIVE_INFINITY, oncePerJob = false, share = 1 } = this.#fault;
    if (this.struck.length >= times || !hits(call)) return false;
    if (share < 1 && this.#random() >= share) return false;
    if (oncePerJob && (call.jobId === undefined || this.#jobs.has(call.jobId))) return false;
    if (call.jobId !== undefined) this.#jobs.add(call.jobId);
    this.struck.push(call);
    for (const { count, resolve } of this.#waiting) if (count === this.struck.length) resolve(call);
    return true;
  }

  async nth(count: number): Promise<Call> {
    const past = this.struck[count - 1];
    if (past !== undefined) return past;
    return await new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function refuseWith(
  req: IncomingMessage,
  res: ServerResponse,
  { service }: Call,
  { status, code }: Extract<Effect, { kind: 'error' }>,
): Promise<void> {
  if (!req.readableEnded) await once(req.resume(), 'end');
  if (service === 's3') {
    res.writeHead(status, { 'content-type': 'application/xml' }).end(`<Error><Code>${code}</Code></Error>`);
    return;
  }
  const body = JSON.stringify({ __type: `com.amazonaws#${code}`, message: 'injected by the fault proxy' });
  res.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
}
