/**
 * `GET /api/health`: every dependency, its breaker, the environment in use, and how the processes are doing. Operators see
 * all of it; others what is up and what is down.
 */
import { createRoute } from '@hono/zod-openapi';
import { type Health, healthSchema } from '@wavefleet/contracts/http.ts';
import type { SystemView } from '@wavefleet/contracts/system.ts';
import { environmentOf } from '@wavefleet/platform/config.ts';
import { checkDependencies } from '@wavefleet/platform/health.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { ResourceMonitor } from '@wavefleet/platform/resources/monitor.ts';
import { type Router, router } from '../http/context.ts';
import { isOperator } from '../http/operator.ts';
import { jsonAnswer } from '../http/route-parts.ts';
import type { Admission } from '../load/admission.ts';
import { systemView } from './system-view.ts';

/** Load balancers, people and pages ask together: one look serves them all for this long. */
const FRESH_MS = 2_000;

const route = createRoute({
  method: 'get',
  path: '/api/health',
  summary: 'Readiness',
  description:
    'Operators (on the machine itself, or with the DEBUG_TOKEN) see names, breakers and processes; everybody else sees what is up and what is down.',
  responses: {
    200: jsonAnswer(
      'Everything is well (`ok`); or something optional is down, or resources are short, so that jobs may be refused for now (`degraded`).',
      healthSchema,
    ),
    503: jsonAnswer(
      'S3 or DynamoDB is down, so nothing can be accepted (`down`). Or this process was told to stop (`closing`): it still accepts jobs for a while, but new clients should go to another process.',
      healthSchema,
    ),
  },
});

/** What the answer is made from. */
export interface HealthDeps extends Pick<Platform, 'aws' | 'redis' | 'config' | 'processes'> {
  readonly admission: Admission;
  readonly resources: ResourceMonitor;
  /** Of the running code. */
  readonly version: string;
  /** Aborted once this process was told to stop. */
  readonly leaving: AbortSignal | undefined;
}

export const health = (deps: HealthDeps): Router => {
  const { aws, redis, config, processes, admission, resources, version, leaving } = deps;
  const startedAt = performance.now();
  const look = cached(FRESH_MS, () =>
    Promise.all([checkDependencies(aws, redis, config), processes.read(), admission.reasons()]),
  );
  return router().openapi(route, async (c) => {
    const [dependencies, others, refusing] = await look();
    const system = systemView(resources.latest, others, refusing);
    const status = overall(dependencies, system);
    const answer: Health = {
      status,
      ...(leaving?.aborted === true ? { closing: true } : {}),
      environment: environmentOf(config),
      version,
      uptimeSeconds: Math.round((performance.now() - startedAt) / 1000),
      dependencies,
      system,
    };
    c.header('Cache-Control', 'no-store');
    const shown = isOperator(c, config.DEBUG_TOKEN) ? answer : forStrangers(answer);
    return c.json(shown, status === 'down' || answer.closing === true ? 503 : 200);
  });
};

/** What names nothing and counts nothing. Its shape is the same, for clients of every version. */
function forStrangers({
  status,
  closing,
  environment,
  version,
  uptimeSeconds,
  dependencies,
}: Health): Health {
  const bare = (of: keyof Health['dependencies']) => ({
    status: dependencies[of].status,
    ...({ breaker: 'none', latencyMs: null, resource: 'shown to operators' } as const),
  });
  return {
    status,
    ...(closing === undefined ? {} : { closing }),
    environment,
    version,
    uptimeSeconds,
    dependencies: {
      s3: bare('s3'),
      sqs: bare('sqs'),
      dynamodb: bare('dynamodb'),
      eventbridge: bare('eventbridge'),
      redis: bare('redis'),
    },
  };
}

/** A process that is short of something is not down: it goes on with what it has taken in. */
function overall(
  { s3, dynamodb, ...optional }: Health['dependencies'],
  { refusing, workers }: SystemView,
): Health['status'] {
  if (s3.status === 'down' || dynamodb.status === 'down') return 'down';
  const isShort = refusing.length > 0 || (workers !== null && workers.receiving < workers.alive);
  return isShort || Object.values(optional).some(({ status }) => status === 'down') ? 'degraded' : 'ok';
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
