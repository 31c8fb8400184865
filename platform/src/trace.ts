/** W3C trace context (https://www.w3.org/TR/trace-context/): one id from the request to the conversion. */
import { randomBytes } from 'node:crypto';

const pattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;

/** The given header when it is well formed, else a new context. */
export function adoptTraceparent(header: string | undefined): string {
  if (header !== undefined && pattern.test(header)) return header;
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}

/** The trace id inside a context, for log lines. Undefined when there is none. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  return traceparent?.match(pattern)?.[1];
}
