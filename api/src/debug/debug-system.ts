/** `GET /api/debug/system`: what every process says of itself, and the settings of this one. */
import { createRoute, z } from '@hono/zod-openapi';
import { processSampleSchema } from '@wavefleet/contracts/system.ts';
import { environmentOf, shownSettings } from '@wavefleet/platform/config.ts';
import { type Router, router } from '../http/context.ts';
import { errorAnswers, jsonAnswer } from '../http/route-parts.ts';
import type { DebugDeps } from './deps.ts';
import { debugSecurity } from './security.ts';

const debugSystemSchema = z.object({
  version: z.string(),
  environment: z.string(),
  /** The id of the process that answers. */
  answeredBy: z.string(),
  /** Why it takes no upload and no job at present. */
  refusing: z.array(z.string()),
  /** The newest sample of every process, with its breakers and the ids of its jobs; only this one without Redis. */
  processes: z.array(processSampleSchema),
  /** By their environment names; of secrets only whether they are set. */
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

const route = createRoute({
  method: 'get',
  path: '/api/debug/system',
  summary: 'All processes, what they are doing, and the settings',
  description: debugSecurity.description,
  security: debugSecurity.security,
  responses: { 200: jsonAnswer('The system.', debugSystemSchema), ...errorAnswers('NOT_FOUND') },
});

export const debugSystem = ({ admission, config, processes, resources, version }: DebugDeps): Router => {
  const settings = shownSettings(config);
  return router().openapi(route, async (c) => {
    const own = resources.latest;
    const [known, refusing] = await Promise.all([processes.read(), admission.reasons()]);
    const others = (known ?? []).filter(({ processId }) => processId !== own.processId);
    const answer: z.infer<typeof debugSystemSchema> = {
      version,
      environment: environmentOf(config),
      answeredBy: own.processId,
      refusing,
      processes: [own, ...others],
      settings,
    };
    return c.json(answer, 200, { 'Cache-Control': 'no-store' });
  });
};
