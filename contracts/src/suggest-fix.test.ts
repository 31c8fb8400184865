/** What a user may do about a failed job in one click. */
import { expect, test } from 'vitest';
import { type ErrorCode, errorCodes } from './error-codes.ts';
import { type FormatName, formatNames, outputFormats } from './formats.ts';
import { retryBodySchema } from './http.ts';
import { type ConversionOptions, findRequestProblem } from './request.ts';
import { suggestFix } from './suggest-fix.ts';

function fixFor(
  code: ErrorCode,
  options: ConversionOptions,
  more: { format?: FormatName; detail?: Record<string, unknown> } = {},
) {
  const { detail, format = 'mp3' } = more;
  const error = { code, message: '', retryable: false, ...(detail === undefined ? {} : { detail }) };
  return suggestFix({ error, format, options })?.changes;
}

test('a trim behind the end is left out, and everything else stays', () => {
  const detail = { field: 'options.trimStart', durationSeconds: 5 };
  expect(fixFor('INVALID_OPTION', { trimStart: 9, trimEnd: 12, channels: 1 }, { detail })).toEqual({
    options: { channels: 1 },
  });
  expect(fixFor('NO_DECODABLE_AUDIO', { trimStart: 9, tags: false })).toEqual({ options: { tags: false } });
});

test('strictness, length and size', () => {
  expect(fixFor('CORRUPT_INPUT', { strict: true, channels: 2 })).toEqual({ options: { channels: 2 } });
  const detail = { limitSeconds: 600 };
  expect(fixFor('INPUT_TOO_LONG', { trimStart: 60 }, { detail })).toEqual({
    options: { trimStart: 60, trimEnd: 600 },
  });
  expect(fixFor('OUTPUT_TOO_LARGE', { bitDepth: 24 }, { format: 'wav' })).toEqual({
    format: 'flac',
    options: { bitDepth: 24 },
  });
  expect(fixFor('OUTPUT_TOO_LARGE', { bitDepth: 24, sampleRate: 192_000 }, { format: 'flac' })).toEqual({
    format: 'm4a',
    options: {},
  });
});

test('no fix where the settings are not to blame', () => {
  expect(suggestFix({ format: 'mp3', options: {} })).toBeUndefined();
  expect(fixFor('CORRUPT_INPUT', {})).toBeUndefined();
  expect(fixFor('NO_DECODABLE_AUDIO', {})).toBeUndefined();
  expect(fixFor('INPUT_TOO_LONG', { trimStart: 700 }, { detail: { limitSeconds: 600 } })).toBeUndefined();
  expect(fixFor('INPUT_TOO_LONG', {})).toBeUndefined();
  expect(fixFor('OUTPUT_TOO_LARGE', {}, { format: 'mp3' })).toBeUndefined();
});

test('every fix is a valid retry that the format can hold', () => {
  const everything: ConversionOptions = {
    trimStart: 1,
    trimEnd: 2,
    strict: true,
    bitDepth: 24,
    sampleRate: 192_000,
    channels: 8,
  };
  const lossless = formatNames.filter((format) => outputFormats[format].lossless);
  for (const code of Object.keys(errorCodes) as ErrorCode[]) {
    for (const format of lossless) {
      const changes = fixFor(code, everything, {
        format,
        detail: { field: 'options.trimStart', limitSeconds: 5 },
      });
      if (changes === undefined) continue;
      expect(retryBodySchema.parse(changes), code).toEqual(changes);
      expect(
        findRequestProblem(changes.format ?? format, undefined, changes.options ?? {}),
        code,
      ).toBeUndefined();
    }
  }
});
