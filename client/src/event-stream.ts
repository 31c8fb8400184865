/** A job's server-sent events over fetch, taken up again where they were after the line has dropped. */
import { heardProgressSchema, type ProgressView } from '@wavefleet/contracts/progress.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { noAnswer, Problem } from './problem.ts';
import type { Requests } from './requests.ts';
import { backoffMs, sleep } from './wait.ts';

/** How to listen. */
export interface EventOptions {
  /** Aborting it ends the events with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** The `id` of an event: only what came after it is told. Default: everything, from a snapshot on. */
  readonly lastEventId?: string | undefined;
  /** Tries in a row without an event after which it gives up. Default 8: about 15 seconds. */
  readonly maxTries?: number;
  /** How long the line may be silent before it counts as dead, in ms. Default 45,000: three of the server's heartbeats. */
  readonly silenceMs?: number;
}

const MAX_TRIES = 8;
const SILENCE_MS = 45_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** @throws Problem; the signal's reason when the caller aborted. */
export async function* progressEvents(
  requests: Requests,
  url: string,
  options: EventOptions = {},
): AsyncGenerator<ProgressView, void, void> {
  const { signal, maxTries = MAX_TRIES, silenceMs = SILENCE_MS } = options;
  let { lastEventId } = options;
  for (let tries = 1; ; tries += 1) {
    let wantedMs = 0;
    try {
      const headers = { Accept: 'text/event-stream', 'Last-Event-ID': lastEventId };
      const answer = await requests.open(url, { headers, signal });
      if (answer.status === 204) return; // the terminal event was told before
      for await (const { id, event, data } of messagesOf(answer, silenceMs)) {
        if (event !== 'progress') continue;
        const view = viewOf(data);
        lastEventId = id ?? lastEventId;
        tries = 0;
        yield view;
        if (isTerminal(view.status)) return;
      }
      throw noAnswer(); // the server closed it, for a deployment perhaps
    } catch (error) {
      signal?.throwIfAborted();
      const problem = error instanceof Problem ? error : noAnswer(error);
      if (!problem.retryable || tries >= maxTries) throw problem;
      wantedMs = problem.retryAfterMs ?? 0;
    }
    const pauseMs = backoffMs(Math.max(1, tries), FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
    await sleep(Math.max(pauseMs, wantedMs), signal);
  }
}

function viewOf(data: string): ProgressView {
  try {
    return heardProgressSchema.parse(JSON.parse(data));
  } catch (cause) {
    const message =
      'The server reported progress in a form that this client does not know. Update the client.';
    throw new Problem('UNEXPECTED_ANSWER', message, { cause });
  }
}

/**
 * The whole events of one answer; one that the end cuts off is dropped.
 * @throws what reading throws; Problem NETWORK when nothing comes for `silenceMs`.
 */
async function* messagesOf(
  { body }: Response,
  silenceMs: number,
): AsyncGenerator<EventSourceMessage, void, void> {
  if (body === null) return;
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const messages: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => messages.push(message) });
  try {
    for (;;) {
      const { done, value } = await within(silenceMs, reader.read());
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      yield* messages.splice(0);
    }
  } finally {
    // Lets go of the connection, also when the caller has heard enough.
    await reader.cancel().catch(() => undefined);
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(noAnswer()), ms);
  });
  return await Promise.race([work, tooLong]).finally(() => clearTimeout(timer));
}
