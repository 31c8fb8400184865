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
    'Your own presets; `GET /api/formats` has the built-in ones. `POST /api/presets/import` accepts the answer unchanged.',
  responses: { 200: jsonAnswer('All of them.', presetListSchema), ...errorAnswers() },
});

const one = createRoute({
  method: 'get',
  path: '/api/presets/{presetName}',
  summary: 'Get one of your presets',
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
