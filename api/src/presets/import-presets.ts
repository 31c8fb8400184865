/** `POST /api/presets/import`: what a list of presets said, here or elsewhere. */
import { createRoute } from '@hono/zod-openapi';
import { importBodySchema, presetListSchema } from '@wavefleet/contracts/own-presets.ts';
import { type Router, router } from '../http/context.ts';
import { jsonBody } from '../http/json-body.ts';
import { errorAnswers, jsonAnswer, jsonRequest } from '../http/route-parts.ts';
import type { PresetDeps } from './deps.ts';
import { presetRefusals, requirePossible } from './preset-parts.ts';

const route = createRoute({
  method: 'post',
  path: '/api/presets/import',
  summary: 'Import presets from a list',
  description:
    'Imports all of them, or none and says why. Accepts an answer of `GET /api/presets`. A preset that already exists with the same settings stays as it is; one with the same name and other settings is only replaced with `replace`.',
  middleware: jsonBody,
  request: { body: jsonRequest(importBodySchema) },
  responses: {
    200: jsonAnswer('All your presets, as they are now.', presetListSchema),
    ...errorAnswers(...presetRefusals),
  },
});

export const importPresets = ({ presets }: PresetDeps): Router =>
  router().openapi(route, async (c) => {
    const { presets: asked, replace } = c.req.valid('json');
    for (const [index, preset] of asked.entries()) requirePossible(preset, `presets.${index}.`);
    const all = await presets.import(c.var.owner.id, asked, { replace });
    return c.json({ presets: all }, 200, { 'Cache-Control': 'no-store' });
  });
