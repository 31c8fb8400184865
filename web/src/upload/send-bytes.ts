/** Sends bytes with progress. XMLHttpRequest, because `fetch` cannot say how much it has sent. */
import { noAnswer, problemOf } from '@wavefleet/client/problem.ts';
import { whyUnreadable } from '@wavefleet/client/unreadable.ts';
import { partRefusal } from '@wavefleet/client/uploads.ts';

/** A line on which nothing moves for so long is dead. */
const STALL_MS = 30_000;

/** Where bytes go to. */
export interface Target {
  readonly method: 'PUT' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers the body of the answer. @throws Problem as `partRefusal` says, FILE_UNREADABLE; the signal's reason when aborted. */
export function sendBytes(
  { method, url, headers = {} }: Target,
  bytes: Blob,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const request = new XMLHttpRequest();
    let watchdog = 0;
    const onAbort = () => request.abort();
    const settle = () => {
      clearTimeout(watchdog);
      signal.removeEventListener('abort', onAbort);
    };
    const fail = (error: unknown) => {
      settle();
      reject(error);
    };
    const stillAlive = () => {
      clearTimeout(watchdog);
      watchdog = window.setTimeout(() => request.abort(), STALL_MS);
    };
    request.upload.addEventListener('progress', (event) => {
      stillAlive();
      onSent(event.loaded);
    });
    request.addEventListener('error', () => {
      clearTimeout(watchdog);
      void whyUnreadable(bytes).then((reason) =>
        fail(signal.aborted ? signal.reason : (reason ?? noAnswer())),
      );
    });
    request.addEventListener('abort', () => fail(signal.aborted ? signal.reason : noAnswer()));
    request.addEventListener('load', () => {
      const { status, responseText } = request;
      if (status < 200 || status >= 300)
        return fail(
          partRefusal(
            problemOf(status, parsedOrNothing(responseText), request.getResponseHeader('Retry-After')),
          ),
        );
      settle();
      resolve(responseText);
    });
    signal.addEventListener('abort', onAbort, { once: true });
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    stillAlive();
    request.send(bytes);
  });
}

function parsedOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
