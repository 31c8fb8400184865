/** Structured logs: one JSON line each. Bind `jobId`, `attempt`, `requestId` and `traceId` with `child`. */
import { type Logger, pino } from 'pino';

export type Log = Logger;

/**
 * @param service shown in every line, e.g. `api` or `worker`.
 * @param level lowest level that is written.
 */
export function makeLog(service: string, level: string): Log {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    // Nothing here should ever be logged; this is the second line of defence.
    redact: ['authorization', 'cookie', '*.authorization', '*.cookie', 'url.search', '*.presignedUrl'],
  });
}
