/** `PUT /api/presets/{presetName}`: other settings, or another name. */
import { createRoute } from '@hono/zod-openapi';
import { presetBodySchema, presetViewSchema } from '@wavefleet/contracts/own-presets.ts';
import { type Router, router } from '../http/context.ts';
import { jsonBody } from '../http/json-body.ts';
import { errorAnswers, jsonAnswer, jsonRequest } from '../http/route-parts.ts';
import type { PresetDeps } from './deps.ts';
import { presetParams, presetRefusals, requirePossible } from './preset-parts.ts';

const route = createRoute({
  method: 'put',
  path: '/api/presets/{presetName}',
  summary: 'Change a preset, or its name',
  description:
    'Fields that are left out get their defaults. Jobs made with the preset stay as they are. After a change of name there is no preset with the old one.',
  middleware: jsonBody,
  request: { params: presetParams, body: jsonRequest(presetBodySchema) },
  responses: {
    200: jsonAnswer('The preset as it is now.', presetViewSchema),
    ...errorAnswers('INVALID_ID', 'PRESET_NOT_FOUND', ...presetRefusals),
  },
});

export const changePreset = ({ presets }: PresetDeps): Router =>
  router().openapi(route, async (c) => {
    const asked = c.req.valid('json');
    requirePossible(asked);
    const changed = await presets.change(c.var.owner.id, c.req.valid('param').presetName, asked);
    return c.json(changed, 200, { 'Cache-Control': 'no-store' });
  });
