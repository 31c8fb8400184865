/** `GET /api/presets` and `GET /api/presets/{presetName}`. */
import { createRoute } from '@hono/zod-openapi';
import { presetListSchema, presetViewSchema } from '@wavefleet/contracts/own-presets.ts';
import { type Router, router } from '../http/context.ts';
import { errorAnswers, jsonAnswer } from '../http/route-parts.ts';
import type { PresetDeps } from './deps.ts';
import { presetParams } from './preset-parts.ts';

const list = createRoute({
  method: 'get',
  path: '/api/presets',
  summary: 'List your presets, by name',
  description:
    'Those of your own; `GET /api/formats` has the built-in ones. `POST /api/presets/import` takes the answer as it is.',
  responses: { 200: jsonAnswer('All of them.', presetListSchema), ...errorAnswers() },
});

const one = createRoute({
  method: 'get',
  path: '/api/presets/{presetName}',
  summary: 'One preset of yours',
  request: { params: presetParams },
  responses: {
    200: jsonAnswer('The preset.', presetViewSchema),
    ...errorAnswers('INVALID_ID', 'PRESET_NOT_FOUND'),
  },
});

export const listPresets = ({ presets }: PresetDeps): Router =>
  router()
    .openapi(list, async (c) =>
      c.json({ presets: await presets.list(c.var.owner.id) }, 200, { 'Cache-Control': 'no-store' }),
    )
    .openapi(one, async (c) => {
      const preset = await presets.get(c.var.owner.id, c.req.valid('param').presetName);
      return c.json(preset, 200, { 'Cache-Control': 'no-store' });
    });
