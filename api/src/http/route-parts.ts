/** Parts of route descriptions, so that the OpenAPI document names every answer of every route. */
import { z } from '@hono/zod-openapi';
import { type ErrorCode, errorCodes } from '@wavefleet/contracts/error-codes.ts';
import { errorBodySchema } from '@wavefleet/contracts/http.ts';
import { askedIdSchema } from '@wavefleet/contracts/job.ts';

/** Asked by load balancers, as often as they like: from them it waits for nobody and counts for nobody. */
export const LIVENESS_PATH = '/api/health/live';
/** What it answers. */
export const LIVE = { status: 'ok' } as const;

/** Any route can answer these. */
const always: readonly ErrorCode[] = [
  'INTERNAL_ERROR',
  'SERVICE_UNAVAILABLE',
  'ACCESS_DENIED',
  'THROTTLED',
  'QUOTA_EXCEEDED',
  'RATE_LIMITED',
  'HOST_NOT_ALLOWED',
  'INVALID_TOKEN',
  'TOKEN_EXPIRED',
  'INSUFFICIENT_SCOPE',
];

/**
 * The error answers of a route, grouped by status. Typed as empty: handlers throw errors and never
 * return them, so that their own types only know the good answers.
 */
export function errorAnswers(...codes: ErrorCode[]): Record<never, never> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of [...codes, ...always]) {
    const { status } = errorCodes[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      status,
      {
        description: group.map((code) => `\`${code}\`: ${errorCodes[code].sentence}`).join('\n\n'),
        content: { 'application/json': { schema: errorBodySchema } },
      },
    ]),
  );
}

/** An answer with a JSON body. */
export function jsonAnswer<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema } } };
}

/** Headers of an answer that is old the moment it is sent, in the words of HTTP/1.1 and of HTTP/1.0. */
export const neverCached = {
  'Cache-Control': 'no-cache, no-store, must-revalidate',
  Pragma: 'no-cache',
} as const;

/** Content that is described, never parsed: handlers stream it. */
export const rawBytes = { schema: { type: 'string', format: 'binary' } } as const;

/** A form whose first file counts. Described as well, never parsed. */
export const formWithFile = {
  schema: {
    type: 'object' as const,
    properties: { file: { type: 'string' as const, format: 'binary' } },
    required: ['file'],
  },
};

/** The caller's copy is still the newest. */
export const notModified = { description: 'Nothing has changed since `If-None-Match`.' };

/** A required JSON body: without `required` the validator lets a missing one pass. */
export function jsonRequest<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } } as const;
}

/** `{jobId}` in the path. */
export const jobIdParams = z.object({ jobId: askedIdSchema });
/** `{fileId}` in the path. */
export const fileIdParams = z.object({ fileId: askedIdSchema });
/** `?jobId=` in the query. */
export const jobIdQuery = z.object({ jobId: askedIdSchema });

/** How much of a list is asked for at once: 1 to 100, 20 unless said. */
export const pageLimit = z
  .string()
  .regex(/^\d{1,3}$/, 'expected a whole number from 1 to 100')
  .transform(Number)
  .pipe(z.int().min(1).max(100))
  .default(20)
  .openapi({ type: 'integer', minimum: 1, maximum: 100, default: 20 });

/** Where a page of a history begins. */
export const historyCursor = z
  .string()
  .max(2_000)
  .optional()
  .openapi({ description: '`nextCursor` of the previous answer, with the same search.' });
