/** Presets that callers make for themselves: what one is called, what it may hold, and how it is stored. */
import { z } from 'zod';
import type { FormatName } from './formats.ts';
import {
  type ConversionOptions,
  findRequestProblem,
  formatSchema,
  optionsSchema,
  type Quality,
  qualitySchema,
  type RequestProblem,
} from './request.ts';

/** Of one owner. */
export const MAX_PRESETS = 50;
/** All presets of one owner as JSON: one request takes an export of them in again. */
export const MAX_PRESETS_BYTES = 60_000;
/** Characters of a name. */
export const MAX_PRESET_NAME = 64;

/** A folder below `drops/`, and a part of addresses: so neither case nor escapes are needed to write it. */
const presetNameSchema = z
  .string()
  .max(MAX_PRESET_NAME)
  .regex(
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
    'expected lower-case letters, digits and dashes, such as "my-podcast"',
  );
/** A preset as a submission names it; of another form there simply is none. */
export const askedPresetSchema = z.string().min(1).max(MAX_PRESET_NAME);

const labelSchema = z.string().min(1).max(80).regex(/\S/, 'expected more than spaces');
const settings = {
  format: formatSchema,
  quality: qualitySchema.optional(),
  options: optionsSchema.default({}),
};

/** What a preset is asked to be, when it is made and when it is changed. */
export const presetBodySchema = z.strictObject({
  name: presetNameSchema,
  /** What people call it. Default: its name. */
  label: labelSchema.optional(),
  ...settings,
});
export type PresetBody = z.input<typeof presetBodySchema>;
/** The same with nothing left out but what may be. */
export type PresetSettings = z.output<typeof presetBodySchema>;

/** A preset's settings, and when it was made and changed. */
export const storedPresetSchema = z.object({
  label: z.string(),
  ...settings,
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type StoredPreset = z.infer<typeof storedPresetSchema>;

/** A preset as its owner sees it. A server of another version may know more formats and options. */
export const presetViewSchema = z.object({
  name: z.string(),
  label: z.string(),
  format: z.string(),
  quality: z.string().optional(),
  options: z.record(z.string(), z.unknown()),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type PresetView = z.infer<typeof presetViewSchema>;

/** All presets of a caller; an import takes it as it is. */
export const presetListSchema = z.object({ presets: z.array(presetViewSchema) });
export type PresetList = z.infer<typeof presetListSchema>;

export const importBodySchema = z.strictObject({
  /** As `GET /api/presets` lists them. When they were made is not taken over. */
  presets: z
    .array(presetBodySchema.extend({ createdAt: z.string().optional(), updatedAt: z.string().optional() }))
    .max(MAX_PRESETS),
  /** Whether presets that are there under such a name, with other settings, are replaced. Else nothing is imported. */
  replace: z.boolean().default(false),
});
export type ImportBody = z.input<typeof importBodySchema>;

/** Checks what a schema cannot: that the values go together, and that none is of one conversion only. */
export function findPresetProblem(
  format: FormatName,
  quality: Quality | undefined,
  options: ConversionOptions,
): RequestProblem | undefined {
  if (options.setCover !== undefined) {
    return {
      field: 'options.setCover',
      message: 'an uploaded picture cannot be part of a preset: name it when you submit a job',
    };
  }
  return findRequestProblem(format, quality, options);
}
