/** `POST /api/presets`: settings under a name. */
import { createRoute } from '@hono/zod-openapi';
import { presetBodySchema, presetViewSchema } from '@wavefleet/contracts/own-presets.ts';
import { type Router, router } from '../http/context.ts';
import { jsonBody } from '../http/json-body.ts';
import { errorAnswers, jsonAnswer, jsonRequest } from '../http/route-parts.ts';
import type { PresetDeps } from './deps.ts';
import { presetRefusals, requirePossible } from './preset-parts.ts';

const route = createRoute({
  method: 'post',
  path: '/api/presets',
  summary: 'Save settings as a preset',
  description:
    'Submissions name it as their `preset`, and your files dropped below `drops/{preset}/` are converted with it. Jobs keep the settings that they were made with, even if the preset is changed or deleted.',
  middleware: jsonBody,
  request: { body: jsonRequest(presetBodySchema) },
  responses: {
    201: jsonAnswer('The preset.', presetViewSchema),
    ...errorAnswers(...presetRefusals),
  },
});

export const createPreset = ({ presets }: PresetDeps): Router =>
  router().openapi(route, async (c) => {
    const asked = c.req.valid('json');
    requirePossible(asked);
    return c.json(await presets.create(c.var.owner.id, asked), 201, { 'Cache-Control': 'no-store' });
  });
