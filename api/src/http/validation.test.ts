/** Which code a wrong body gets, and which fields the answer names. */
import { cleanupBodySchema, submitBodySchema } from '@wavefleet/contracts/http.ts';
import { importBodySchema } from '@wavefleet/contracts/own-presets.ts';
import { expect, test } from 'vitest';
import { failureOf } from './validation.ts';

const fileId = '0b7f4a52-5c1c-4c0e-9d0b-0d2f2b8f8a11';

/** The code for a body of the submit route, and the fields it names. */
function refusal(
  body: unknown,
  schema: typeof submitBodySchema | typeof cleanupBodySchema | typeof importBodySchema = submitBodySchema,
) {
  const { error } = schema.safeParse(body);
  if (error === undefined) throw new Error('the body is valid');
  const failure = failureOf(error.issues, body);
  const fields: unknown = failure.detail?.fields;
  return { code: failure.code, fields };
}

test.each(['mp3 -i /etc/passwd', 'tee', 'hls', '../mp3', 'MP3\n', ''])(
  'format %j is refused as a format',
  (format) => {
    expect(refusal({ fileId, format }).code).toBe('UNSUPPORTED_OUTPUT_FORMAT');
  },
);

test.each([[['mp3']], [{ mp3: 1 }], [3], [null], [undefined]])(
  'format %j is a mistake in the request',
  (format) => {
    expect(refusal({ fileId, format }).code).toBe('VALIDATION_ERROR');
  },
);

test.each([
  { quality: '1e30' },
  { quality: '-1' },
  { quality: 'NaN' },
  { quality: '128k -f tee' },
  { options: { sampleRate: 2 ** 31 } },
  { options: { sampleRate: 44_100.5 } },
  { options: { channels: 1e5 } },
  { options: { channels: 1.5 } },
  { options: { trimStart: -1 } },
  { options: { trimStart: Number.POSITIVE_INFINITY } },
  { options: { trimStart: 5, trimEnd: 5 } },
  { options: { bitDepth: 8 } },
  { options: { setTags: { 'a=b': 'x' } } },
  { options: { setTags: { METADATA_BLOCK_PICTURE: 'x' } } },
  { options: { setTags: { artist: [] } } },
  { options: { setTags: { artist: '' } } },
  { options: { setTags: { lyrics: 'x'.repeat(20_000) } } },
  { options: { setTags: Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`t${n}`, 'x'])) } },
  { options: { removeTags: ['é'] } },
  { options: { track: 0 } },
  { options: { track: 1.5 } },
  { options: { track: 'the second' } },
  { options: { timeline: 'stretch' } },
  { options: { pipeline: 'tape' } },
  { options: { loudness: {} } },
  { options: { loudness: { target: 3 } } },
  { options: { loudness: { target: -16, truePeak: 1 } } },
  { options: { loudness: { mode: 'louder' } } },
  { options: { fadeIn: -1 } },
  { options: { fadeOut: 1e9 } },
  { options: { silence: 'keep' } },
  { options: { silence: 'trim', silenceThreshold: 0 } },
  { options: { speed: 4 } },
])('%j is an impossible option', (part) => {
  expect(refusal({ fileId, format: 'mp3', ...part }).code).toBe('INVALID_OPTION');
});

test.each([
  { quality: 192 },
  { options: { sampleRate: '44100' } },
  { options: { channels: null } },
  { options: { track: [1] } },
  { options: { tags: 'yes' } },
  { options: { dither: 'no' } },
  { options: { loudness: -16 } },
  { options: { loudness: { target: -16, range: 7 } } },
  { options: { speed: '2' } },
  { options: { filter: 'volume=9' } },
  { options: 'none' },
  { options: { setTags: 'artist=x' } },
  { options: { removeTags: 'artist' } },
  { bucket: 'other', key: 'a' },
])('%j is a mistake in the request', (part) => {
  expect(refusal({ fileId, format: 'mp3', ...part }).code).toBe('VALIDATION_ERROR');
});

test('ids that nobody can have are named as such, missing ones are not', () => {
  expect(refusal({ fileId: '../..', format: 'mp3' }).code).toBe('INVALID_ID');
  expect(refusal({ fileId: 7, format: 'mp3' }).code).toBe('VALIDATION_ERROR');
  expect(refusal({ format: 'mp3' }).code).toBe('VALIDATION_ERROR');
  expect(refusal({ jobId: '__proto__' }, cleanupBodySchema).code).toBe('INVALID_ID');
  expect(refusal({ jobId: fileId, fileId }, cleanupBodySchema).code).toBe('VALIDATION_ERROR');
});

test('a preset among several is refused as a submission is', () => {
  const imported = (part: object) =>
    refusal({ presets: [{ name: 'a', format: 'mp3', ...part }] }, importBodySchema);
  expect(imported({ options: { trimStart: 5, trimEnd: 5 } })).toEqual({
    code: 'INVALID_OPTION',
    fields: [{ field: 'presets.0.options.trimEnd', message: 'expected trimEnd to be later than trimStart' }],
  });
  expect(imported({ format: 'tee' }).code).toBe('UNSUPPORTED_OUTPUT_FORMAT');
  expect(imported({ quality: 192 }).code).toBe('VALIDATION_ERROR');
  expect(imported({ name: '../a' }).code).toBe('VALIDATION_ERROR');
});

test('a mistake outweighs an impossible value', () => {
  expect(refusal({ fileId: '../x', format: 'tee', quality: 1 }).code).toBe('VALIDATION_ERROR');
  expect(refusal({ fileId: '../x', format: 'tee' }).code).toBe('INVALID_ID');
});

test('__proto__ is an unknown field like any other', () => {
  const body: unknown = JSON.parse(`{"fileId":"${fileId}","format":"mp3","__proto__":{"format":"wav"}}`);
  expect(refusal(body).code).toBe('VALIDATION_ERROR');
});

test('every field to correct is named, unknown ones too, and long names are cut', () => {
  const { fields } = refusal({ fileId, format: 'tee', options: { channels: 0, ['x'.repeat(500)]: 1 } });
  expect(fields).toEqual([
    { field: 'format', message: expect.stringContaining('mp3') },
    { field: 'options.channels', message: expect.any(String) },
    { field: `options.${'x'.repeat(92)}`, message: 'There is no such field.' },
  ]);
});

test.each([['loud'], [192], ['192']])('the quality %j is answered with those that there are', (quality) => {
  const message =
    'expected a bitrate such as "192k", "low", "medium" or "high"; or, for ogg, "q0" to "q10" (best), for mp3 "v0" (best) to "v9"';
  expect(refusal({ fileId, format: 'mp3', quality }).fields).toEqual([{ field: 'quality', message }]);
});

test('what is missing is said to be, and nothing is told in the words of our schemas', () => {
  expect(refusal({ format: 'mp3' }).fields).toEqual([{ field: 'fileId', message: 'is missing' }]);
  expect(refusal({ fileId: 7, format: 'mp3' }).fields).toEqual([
    { field: 'fileId', message: 'expected string, received number' },
  ]);
  for (const body of [{}, { jobId: fileId, fileId }, []])
    expect(refusal(body, cleanupBodySchema).fields).toEqual([
      { field: 'body', message: 'expected a jobId or a fileId, and nothing else' },
    ]);
});

test('the tag that is wrong is named, with what was expected', () => {
  const body = { fileId, format: 'mp3', options: { setTags: { title: 'T', 'ar=tist': 'x' } } };
  expect(refusal(body).fields).toEqual([
    {
      field: 'options.setTags.ar=tist',
      message: 'expected a name of 1 to 64 ASCII characters without "="',
    },
  ]);
});

test('a tag named __proto__ is refused in words: what reads the request would leave it out in silence', () => {
  const body: unknown = JSON.parse(
    `{"fileId":"${fileId}","format":"mp3","options":{"setTags":{"title":"T","__proto__":"x","constructor":"c"}}}`,
  );
  expect(refusal(body).fields).toEqual([
    { field: 'options.setTags.__proto__', message: 'expected another name: this one cannot be kept' },
  ]);
});
