/** Sends bytes with progress. XMLHttpRequest, because `fetch` cannot say how much it has sent. */
import { noAnswer, problemOf } from '@wavefleet/client/problem.ts';
import { partRefusal } from '@wavefleet/client/uploads.ts';

/** A line on which nothing moves for so long is dead. */
const STALL_MS = 30_000;

/** @throws Problem as `partRefusal` says; the signal's reason when aborted. */
export function putBytes(
  url: string,
  bytes: Blob,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const request = new XMLHttpRequest();
    let watchdog = 0;
    const onAbort = () => request.abort();
    const settle = (error?: unknown) => {
      clearTimeout(watchdog);
      signal.removeEventListener('abort', onAbort);
      if (error === undefined) resolve();
      else reject(error);
    };
    const stillAlive = () => {
      clearTimeout(watchdog);
      watchdog = window.setTimeout(() => request.abort(), STALL_MS);
    };
    request.upload.addEventListener('progress', (event) => {
      stillAlive();
      onSent(event.loaded);
    });
    request.addEventListener('error', () => settle(noAnswer()));
    request.addEventListener('abort', () => settle(signal.aborted ? signal.reason : noAnswer()));
    request.addEventListener('load', () => {
      if (request.status >= 200 && request.status < 300) settle();
      else settle(partRefusal(problemOf(request.status, parsedOrNothing(request.responseText))));
    });
    signal.addEventListener('abort', onAbort, { once: true });
    request.open('PUT', url);
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
