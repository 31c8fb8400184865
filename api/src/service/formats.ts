/** `GET /api/formats`: what can come in, what can come out, and within which limits. */
import { createRoute } from '@hono/zod-openapi';
import { type FormatName, formatNames, outputFormat } from '@wavefleet/contracts/formats.ts';
import { catalogueSchema } from '@wavefleet/contracts/http.ts';
import { inputFormats, inputLimits } from '@wavefleet/contracts/input-formats.ts';
import { presets } from '@wavefleet/contracts/presets.ts';
import {
  qualityChoices,
  requestableSampleRates,
  sampleRateChoices,
  variableChoices,
} from '@wavefleet/contracts/request.ts';
import { uploadModeOf } from '@wavefleet/platform/config.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { type Router, router } from '../http/context.ts';
import { errorAnswers, jsonAnswer } from '../http/route-parts.ts';

const route = createRoute({
  method: 'get',
  path: '/api/formats',
  summary: 'Formats, presets and limits',
  responses: { 200: jsonAnswer('The catalogue.', catalogueSchema), ...errorAnswers() },
});

export const formats = ({ config }: Pick<Platform, 'config'>): Router => {
  // Round trip through JSON types: the catalogue is readonly, answers are not.
  const catalogue = catalogueSchema.parse({
    inputs: inputFormats,
    outputs: Object.fromEntries(formatNames.map((name) => [name, formatView(name)])),
    presets,
    sampleRates: requestableSampleRates,
    upload: { mode: uploadModeOf(config), expiryHours: config.UPLOAD_EXPIRY_HOURS },
    limits: {
      maxUploadBytes: config.MAX_UPLOAD_BYTES,
      maxResumableUploadBytes: config.MAX_RESUMABLE_UPLOAD_BYTES,
      maxDurationSeconds: config.MAX_DURATION_SECONDS,
      ...inputLimits,
    },
  });
  return router().openapi(route, (c) => c.json(catalogue, 200));
};

function formatView(name: FormatName) {
  const format = outputFormat(name);
  return {
    ...format,
    qualities: qualityChoices(name),
    variableQualities: variableChoices(name),
    requestableSampleRates: sampleRateChoices(name),
    bitDepths: format.bitDepths ?? [],
  };
}
