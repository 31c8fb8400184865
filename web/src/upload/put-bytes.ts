/** Sends bytes with progress. XMLHttpRequest, because `fetch` cannot say how much it has sent. */
import { problemOf } from '@wavefleet/client/call.ts';
import { noAnswer, Problem } from '@wavefleet/client/problem.ts';

/** A line on which nothing moves for so long is dead. */
const STALL_MS = 30_000;

/** @throws Problem; the signal's reason when aborted. */
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
      else settle(refusal(request));
    });
    signal.addEventListener('abort', onAbort, { once: true });
    request.open('PUT', url);
    stillAlive();
    request.send(bytes);
  });
}

function refusal(request: XMLHttpRequest): Problem {
  const problem = problemOf(request.status, parsedOrNothing(request.responseText));
  // S3's own words: 403 for an address that has expired, 400 for a session that has and for a line that was too slow,
  // 404 for an upload that is joined or gone. The next try looks, and asks for a fresh address.
  if (problem.code !== 'UNEXPECTED_ANSWER' || ![400, 403, 404].includes(request.status)) return problem;
  return new Problem('ADDRESS_EXPIRED', 'The storage refused the upload for now. It is tried again.', {
    status: request.status,
    retryable: true,
  });
}

function parsedOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
