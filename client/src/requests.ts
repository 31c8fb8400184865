/** One way to ask the server: answers are parsed, waits have an end, and whatever goes wrong is a {@link Problem}. */
import type { z } from 'zod';
import { noAnswer, Problem, problemOf } from './problem.ts';
import { whyUnreadable } from './unreadable.ts';
import { sleep } from './wait.ts';

/** What every call takes besides what it asks for. */
export interface CallOptions {
  /** Aborting it ends the call, which then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** The longest wait for the answer, in ms. Default: the client's, and time for the bytes when some are sent. */
  readonly timeoutMs?: number | undefined;
}

/** A request, apart from where it goes. */
export interface Ask extends CallOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Record<string, string | undefined>;
  /** Sent as JSON; left out when undefined. */
  readonly json?: unknown;
  /** Sent as it is, in place of `json`. */
  readonly bytes?: Blob;
  /** Error statuses whose body is an answer all the same. */
  readonly answerStatuses?: readonly number[];
}

/** As whom is asked. */
interface As {
  readonly token?: string | undefined;
  readonly renew?: (() => Promise<boolean>) | undefined;
}

/** No answer of the API takes longer, short of a fault. */
const TIMEOUT_MS = 20_000;
/** The slowest line that is waited for when bytes are sent. */
const SLOWEST_BYTES_PER_MS = 16;

/** So often a server that is asked too much is given the time that it wants; it has done nothing then. */
const PATIENCE = 3;
const LONGEST_PATIENCE_MS = 60_000;

/**
 * The requests of one client. A server that says RATE_LIMITED is asked again when it wants to be; else one try is all:
 * whether and when to try again is for the caller, who knows the purpose.
 */
export class Requests {
  readonly baseUrl: string;
  readonly #timeoutMs: number;
  readonly #as: As;

  /**
   * @param baseUrl the server's address, such as `https://audio.example`; empty for the origin of the page.
   * @throws TypeError for anything else, and for an empty one where there is no page.
   */
  constructor(baseUrl: string, timeoutMs = TIMEOUT_MS, as: As = {}) {
    if (baseUrl === '' ? !('location' in globalThis) : !/^https?:$/.test(URL.parse(baseUrl)?.protocol ?? ''))
      throw new TypeError(
        `expected the address of a server, such as http://127.0.0.1:3000, got '${baseUrl}'`,
      );
    this.baseUrl = baseUrl.replace(/\/+$/, '');
    this.#timeoutMs = timeoutMs;
    this.#as = as;
  }

  /** The address of a path of this server. A complete address, as of the storage, stays as it is. */
  url(path: string): string {
    return path.startsWith('/') ? this.baseUrl + path : path;
  }

  /** The parsed answer; an empty one is `undefined` to the schema. @throws Problem. */
  async json<T>(schema: z.ZodType<T>, path: string, ask: Ask = {}): Promise<T> {
    return await this.#within(ask, async (signal) => {
      const { ok, status, text } = await this.#readAll(path, ask, signal);
      const parsed = schema.safeParse(parseJson(text));
      if (parsed.success) return parsed.data;
      if (!ok) throw problemOf(status, undefined);
      const message =
        'The server gave an unexpected answer. Reload the page or update the client, then try again.';
      throw new Problem('UNEXPECTED_ANSWER', message, { status });
    });
  }

  /** For requests of whose answer only the status counts. @throws Problem. */
  async done(path: string, ask: Ask): Promise<void> {
    await this.#within(ask, (signal) => this.#readAll(path, ask, signal));
  }

  /**
   * The answer with its body still to be read: the time limit ends with the headers, the caller's signal does not.
   * @throws Problem.
   */
  async open(path: string, ask: Ask = {}): Promise<Response> {
    return await this.#within(ask, async (signal) => {
      const answer = await this.#send(path, ask, signal);
      if (!answer.ok) throw await refusalOf(answer);
      return answer;
    });
  }

  async #readAll(path: string, ask: Ask, signal: AbortSignal) {
    const answer = await this.#send(path, ask, signal);
    const { ok, status } = answer;
    if (!ok && ask.answerStatuses?.includes(status) !== true) throw await refusalOf(answer);
    return { ok, status, text: await answer.text() };
  }

  #send(
    path: string,
    { method = 'GET', headers = {}, json, bytes }: Ask,
    signal: AbortSignal,
  ): Promise<Response> {
    const sent = new Headers();
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) sent.set(name, value);
    const url = this.url(path);
    const { token } = this.#as;
    if (token !== undefined && url.startsWith(`${this.baseUrl}/`))
      sent.set('Authorization', `Bearer ${token}`);
    if (json !== undefined) sent.set('Content-Type', 'application/json');
    const body = json === undefined ? (bytes ?? null) : JSON.stringify(json);
    return fetch(url, { method, headers: sent, body, signal });
  }

  /** Runs `work`, and again as long as the server only wants to be asked later, or once with a token that is good. */
  async #within<T>(ask: Ask, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    let isRenewed = false;
    for (let waits = 0; ; waits += 1) {
      try {
        return await this.#once(ask, work);
      } catch (error) {
        if (!isRenewed && error instanceof Problem && error.status === 401 && (await this.#as.renew?.())) {
          isRenewed = true;
          continue;
        }
        const pauseMs =
          error instanceof Problem && error.code === 'RATE_LIMITED' ? error.retryAfterMs : undefined;
        if (pauseMs === undefined || pauseMs > LONGEST_PATIENCE_MS || waits >= PATIENCE) throw error;
        await sleep(pauseMs, ask.signal);
      }
    }
  }

  /** Runs `work` with a signal that the caller and the time limit can abort. */
  async #once<T>(ask: Ask, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal, timeoutMs = this.#timeoutMs + (ask.bytes?.size ?? 0) / SLOWEST_BYTES_PER_MS } = ask;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), timeoutMs);
    try {
      return await work(signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]));
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof Problem) throw error;
      throw (ask.bytes && (await whyUnreadable(ask.bytes))) ?? noAnswer(error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A path whose values are encoded, so that an id with a slash in it is an unknown id and not another path. */
export function path(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return String.raw({ raw: parts }, ...values.map(encodeURIComponent));
}

async function refusalOf(answer: Response): Promise<Problem> {
  return problemOf(answer.status, parseJson(await answer.text()), answer.headers.get('Retry-After'));
}

/** Undefined for an empty body; what is not JSON stays text, which fits no schema. */
function parseJson(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}
