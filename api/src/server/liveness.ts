/**
 * Liveness as load balancers ask for it, answered at once and without the app: it takes some microseconds, so that a flood
 * of such questions is none, and nobody is behind anybody. Whatever else asks for it, a page in a browser for one, is
 * answered by its route like by any other.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LIVE, LIVENESS_PATH } from '../http/route-parts.ts';

const body = JSON.stringify(LIVE);
const headers = {
  'Content-Type': 'application/json',
  'Content-Length': Buffer.byteLength(body),
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
};

/** Answers and says true, when that is what is asked. */
export function answersLiveness(
  { method, url, headers: sent }: IncomingMessage,
  answer: ServerResponse,
): boolean {
  const isBrowser = sent.origin !== undefined || sent['sec-fetch-site'] !== undefined;
  if (method !== 'GET' || url !== LIVENESS_PATH || isBrowser) return false;
  answer.writeHead(200, headers).end(body);
  return true;
}
