/** What was measured is said as it was measured, and nothing of what was not. */
import { expect, test } from 'vitest';
import {
  hourOfSpeech,
  type MeasuredSpeed,
  measuredSpeed,
  measuredSpeedSchema,
  speedSentence,
} from './measured-speed.ts';

const speed: MeasuredSpeed = {
  ...{ date: '2026-11-27', cores: 2, cpu: 'a processor', ffmpegVersion: '5.1.9', soundSeconds: 600 },
  secondsPerHour: { mp3: 35.7, wav: 0.2 },
};

test('the sentence has whole seconds, at least one, and the cores', () => {
  expect(hourOfSpeech('mp3', speed)).toBe('an hour of speech-like sound in 36 s on 2 cores');
  expect(hourOfSpeech('wav', { ...speed, cores: 1 })).toBe('an hour of speech-like sound in 1 s on 1 core');
});

test('of a format that was not measured nothing is said', () => {
  expect(hourOfSpeech('flac', speed)).toBeUndefined();
});

test('the README has the machine, the day and every format that was measured', () => {
  expect(speedSentence(speed)).toBe(
    'Measured on 2026-11-27 (a processor, FFmpeg 5.1.9): `mp3` an hour of speech-like sound in 36 s on 2 cores, `wav` 1 s.',
  );
});

test('the file has the format that most choose, from ten minutes of sound or more', () => {
  expect(hourOfSpeech('mp3')).toMatch(/^an hour of speech-like sound in \d+ s on \d+ cores?$/);
  expect(measuredSpeed.soundSeconds).toBeGreaterThanOrEqual(600);
});

test.each([
  { ...speed, date: 'yesterday' },
  { ...speed, cores: 0 },
  { ...speed, secondsPerHour: { mp3: 0 } },
  { ...speed, secondsPerHour: { mp5: 1 } },
  { ...speed, load: 9 },
])('what is not a measurement is refused: %j', (wrong) => {
  expect(measuredSpeedSchema.safeParse(wrong).success).toBe(false);
});
