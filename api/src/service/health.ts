/** `GET /api/health`: every dependency, its breaker and the environment in use. */
import { createRoute } from '@hono/zod-openapi';
import { type Health, healthSchema } from '@wavefleet/contracts/http.ts';
import { environmentOf } from '@wavefleet/platform/config.ts';
import { checkDependencies } from '@wavefleet/platform/health.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { type Router, router } from '../http/context.ts';
import { jsonAnswer } from '../http/route-parts.ts';

/** Load balancers, people and pages ask together: one look serves them all for this long. */
const FRESH_MS = 2_000;

const route = createRoute({
  method: 'get',
  path: '/api/health',
  summary: 'Readiness',
  responses: {
    200: jsonAnswer(
      'Jobs are accepted (`ok`), perhaps with something optional away (`degraded`).',
      healthSchema,
    ),
    503: jsonAnswer('S3 or DynamoDB is away: nothing can be accepted (`down`).', healthSchema),
  },
});

/** @param version of the running code. */
export const health = (
  { aws, redis, config }: Pick<Platform, 'aws' | 'redis' | 'config'>,
  version: string,
): Router => {
  const startedAt = performance.now();
  const look = cached(FRESH_MS, () => checkDependencies(aws, redis, config));
  return router().openapi(route, async (c) => {
    const dependencies = await look();
    const status = overall(dependencies);
    const answer: Health = {
      status,
      environment: environmentOf(config),
      version,
      uptimeSeconds: Math.round((performance.now() - startedAt) / 1000),
      dependencies,
    };
    c.header('Cache-Control', 'no-store');
    return c.json(answer, status === 'down' ? 503 : 200);
  });
};

function overall({ s3, dynamodb, ...optional }: Health['dependencies']): Health['status'] {
  if (s3.status === 'down' || dynamodb.status === 'down') return 'down';
  return Object.values(optional).some(({ status }) => status === 'down') ? 'degraded' : 'ok';
}

/** Keeps an answer for `ms` and lets all askers wait for the same question. */
function cached<T>(ms: number, ask: () => Promise<T>): () => Promise<T> {
  let pending: Promise<T> | undefined;
  let answered: { value: T; at: number } | undefined;
  return async () => {
    if (answered !== undefined && performance.now() - answered.at < ms) return answered.value;
    pending ??= ask().finally(() => {
      pending = undefined;
    });
    const value = await pending;
    answered = { value, at: performance.now() };
    return value;
  };
}
