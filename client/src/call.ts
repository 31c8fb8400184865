/** One way to ask the API: answers are parsed, and whatever goes wrong is a {@link Problem}. */
import { errorBodySchema } from '@wavefleet/contracts/http.ts';
import { noAnswer, Problem } from './problem.ts';

/** The part of a schema that is used here. */
export interface Parser<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false };
}

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

/** No answer of the API takes longer, short of a fault. */
const PATIENCE_MS = 20_000;

/** @throws Problem; the signal's reason when the caller aborted. */
export async function call<T>(parser: Parser<T>, path: string, ask: Ask = {}): Promise<T> {
  const answer = await send(path, ask);
  const body: unknown = await answer.json().catch(() => undefined);
  const parsed = parser.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Problem(
    'UNEXPECTED_ANSWER',
    'The server answered something unexpected. Reload the page and try again.',
    {
      status: answer.status,
    },
  );
}

/** For requests whose answer has no body. @throws Problem. */
export async function callForNothing(path: string, ask: Ask): Promise<void> {
  await send(path, ask);
}

async function send(path: string, ask: Ask): Promise<Response> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const signal = ask.signal === undefined ? patience : AbortSignal.any([ask.signal, patience]);
  const hasBody = ask.body !== undefined;
  let answer: Response;
  try {
    answer = await fetch(path, {
      method: ask.method ?? 'GET',
      headers: { ...(hasBody ? { 'Content-Type': 'application/json' } : {}), ...ask.headers },
      ...(hasBody ? { body: JSON.stringify(ask.body) } : {}),
      signal,
    });
  } catch {
    ask.signal?.throwIfAborted();
    throw noAnswer();
  }
  if (answer.ok) return answer;
  throw problemOf(answer.status, await answer.json().catch(() => undefined));
}

/** The API's error body as a problem; something else (a proxy in between) by its status alone. */
export function problemOf(status: number, body: unknown): Problem {
  const retryable = status >= 500 || status === 429 || status === 408;
  const parsed = errorBodySchema.safeParse(body);
  if (!parsed.success) {
    return new Problem(
      'UNEXPECTED_ANSWER',
      `The server answered with an error (${status}). Try again soon.`,
      {
        status,
        retryable,
      },
    );
  }
  const { code, message, requestId, detail } = parsed.data.error;
  return new Problem(code, message, { status, retryable, requestId, detail });
}
