/** What the routes about presets share. */
import { z } from '@hono/zod-openapi';
import type { ErrorCode } from '@wavefleet/contracts/error-codes.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { askedIdSchema } from '@wavefleet/contracts/job.ts';
import { findPresetProblem, type PresetSettings } from '@wavefleet/contracts/own-presets.ts';

/** `{presetName}` in the path. */
export const presetParams = z.object({ presetName: askedIdSchema });

/** What settings in a body can be refused with. */
export const presetRefusals = [
  'VALIDATION_ERROR',
  'INVALID_JSON',
  'CSRF_REJECTED',
  'PRESET_EXISTS',
  'PRESETS_LIMIT',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'UNSUPPORTED_OUTPUT_FORMAT',
  'INVALID_OPTION',
] as const satisfies readonly ErrorCode[];

/** @param within where it stands in the body, such as `presets.2.`. @throws Failure INVALID_OPTION that names the field. */
export function requirePossible({ format, quality, options }: PresetSettings, within = ''): void {
  const problem = findPresetProblem(format, quality, options);
  if (problem === undefined) return;
  const fields = [{ ...problem, field: `${within}${problem.field}` }];
  throw new Failure('INVALID_OPTION', { detail: { fields } });
}
