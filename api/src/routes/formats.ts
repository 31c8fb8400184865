/** `GET /api/formats`: what can come in, what can come out, and within which limits. */
import { createRoute, z } from '@hono/zod-openapi';
import { inputFormats, inputLimits, outputFormats } from '@wavefleet/contracts/formats.ts';
import {
  formatSchema,
  optionsSchema,
  presets,
  qualitySchema,
  requestableSampleRates,
} from '@wavefleet/contracts/request.ts';
import { errorAnswers, jsonAnswer } from '../answers.ts';
import { type Deps, type Router, router } from '../context.ts';

const formatsSchema = z.object({
  inputs: z.array(z.string()),
  outputs: z.record(
    z.string(),
    z.object({
      label: z.string(),
      extension: z.string(),
      mimeType: z.string(),
      codec: z.string(),
      lossless: z.boolean(),
      quality: z
        .object({
          unit: z.enum(['kbps', 'q']),
          min: z.number(),
          max: z.number(),
          low: z.number(),
          medium: z.number(),
          high: z.number(),
        })
        .optional(),
      sampleRates: z.array(z.int()).optional(),
      maxChannels: z.int(),
      cover: z.boolean(),
      tags: z.enum(['all', 'common', 'few']),
    }),
  ),
  presets: z.record(
    z.string(),
    z.object({
      label: z.string(),
      format: formatSchema,
      quality: qualitySchema.optional(),
      options: optionsSchema,
    }),
  ),
  /** What `options.sampleRate` takes, where the format takes it too. */
  sampleRates: z.array(z.int()),
  limits: z.object({
    maxUploadBytes: z.int(),
    maxDurationSeconds: z.int(),
    minSampleRate: z.int(),
    maxSampleRate: z.int(),
    maxChannels: z.int(),
    maxStreams: z.int(),
  }),
});

const route = createRoute({
  method: 'get',
  path: '/api/formats',
  summary: 'Formats, presets and limits',
  responses: { 200: jsonAnswer('The catalogue.', formatsSchema), ...errorAnswers() },
});

export const formats = ({ platform: { config } }: Deps): Router => {
  // Round trip through JSON types: the catalogue is readonly, answers are not.
  const catalogue = formatsSchema.parse({
    inputs: inputFormats,
    outputs: outputFormats,
    presets,
    sampleRates: requestableSampleRates,
    limits: {
      maxUploadBytes: config.MAX_UPLOAD_BYTES,
      maxDurationSeconds: config.MAX_DURATION_SECONDS,
      ...inputLimits,
    },
  });
  return router().openapi(route, (c) => c.json(catalogue, 200));
};
