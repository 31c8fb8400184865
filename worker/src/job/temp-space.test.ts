/** What a result may take of the disk beside its source, and what is refused before anything is written. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { ConversionOptions } from '@wavefleet/contracts/request.ts';
import { expect, test } from 'vitest';
import { roomForResult } from './temp-space.ts';

const facts = {
  ...{ container: 'flac', codec: 'flac', durationSeconds: 100, sampleRate: 44_100, channels: 2 },
  ...{ bitDepth: 16, streams: 1, hasCover: false, tags: {} },
};
const source = {
  facts,
  audioStream: 0,
  layout: 'stereo',
  lateSeconds: 0,
  durationSlackSeconds: 0.05,
  pictureStream: undefined,
  language: undefined,
  chapters: [],
};
/** As WAV: 100 s of stereo at 44.1 kHz. */
const WAV_BYTES = 17_640_044;

function room(
  limitBytes: number,
  format: 'wav' | 'flac' | 'mp3',
  more: { options?: ConversionOptions; slack?: number } = {},
) {
  const job = { format, options: more.options ?? {}, inputS3Location: { sizeBytes: 5_000_000 } };
  const limits = { MAX_TEMP_BYTES: limitBytes, MAX_OUTPUT_BYTES: 4_000_000_000 };
  try {
    return roomForResult(job, { ...source, durationSlackSeconds: more.slack ?? 0.05 }, limits).bytes;
  } catch (error) {
    return error instanceof Failure ? { [error.code]: error.detail } : error;
  }
}

const refused = (limitBytes: number) => ({ TEMP_SPACE_LIMIT: { limitBytes, sourceBytes: 5_000_000 } });

test('the source counts, and so does what is sure to come', () => {
  const enough = 5_000_000 + WAV_BYTES;
  expect(room(enough, 'wav')).toBe(WAV_BYTES);
  expect(room(enough - 1, 'wav')).toEqual(refused(enough - 1));
  expect(room(enough - 1, 'wav', { options: { trimEnd: 50 } })).toBe(WAV_BYTES - 1);
});

test('what only the sound decides, or nobody knows, is found out while FFmpeg writes', () => {
  expect(room(6_000_000, 'flac')).toBe(1_000_000);
  expect(room(6_000_000, 'wav', { slack: Number.POSITIVE_INFINITY })).toBe(1_000_000);
  expect(room(6_000_000, 'mp3')).toEqual(refused(6_000_000));
});

test('where there is room enough, one FFmpeg’s own limit stands', () => {
  expect(room(10_000_000_000, 'wav')).toBe(4_000_000_000);
});
