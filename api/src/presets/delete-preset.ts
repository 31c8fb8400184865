/** `DELETE /api/presets/{presetName}`. */
import { createRoute } from '@hono/zod-openapi';
import { type Router, router } from '../http/context.ts';
import { errorAnswers } from '../http/route-parts.ts';
import type { PresetDeps } from './deps.ts';
import { presetParams } from './preset-parts.ts';

const route = createRoute({
  method: 'delete',
  path: '/api/presets/{presetName}',
  summary: 'Delete a preset',
  request: { params: presetParams },
  responses: {
    204: { description: 'The preset is deleted. Jobs made with it stay as they are.' },
    ...errorAnswers('INVALID_ID', 'CSRF_REJECTED', 'PRESET_NOT_FOUND'),
  },
});

export const deletePreset = ({ presets }: PresetDeps): Router =>
  router().openapi(route, async (c) => {
    await presets.remove(c.var.owner.id, c.req.valid('param').presetName);
    return c.body(null, 204);
  });
