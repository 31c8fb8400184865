/**
 * How long an hour of speech-like sound takes, by format: measured by `npm run bench -- speed --write`, which writes the file beside
 * this one. The page and the README say it from here.
 */
import { z } from 'zod';
import { type FormatName, formatNames } from './formats.ts';
import raw from './measured-speed.json' with { type: 'json' };

export const measuredSpeedSchema = z.strictObject({
  /** The day, as in `2026-11-27`. */
  date: z.iso.date(),
  cores: z.int().positive(),
  cpu: z.string().min(1),
  ffmpegVersion: z.string().min(1),
  /** Of the sound that was measured. */
  soundSeconds: z.int().positive(),
  /** Wall time from the request to the end, for an hour of sound. A format that was not measured is not there. */
  secondsPerHour: z.partialRecord(z.enum(formatNames), z.number().positive()),
});

export type MeasuredSpeed = z.infer<typeof measuredSpeedSchema>;

export const measuredSpeed: MeasuredSpeed = measuredSpeedSchema.parse(raw);

/** `an hour of speech-like sound in 36 s on 2 cores`; undefined for a format that was not measured. */
export function hourOfSpeech(format: FormatName, speed: MeasuredSpeed = measuredSpeed): string | undefined {
  const seconds = speed.secondsPerHour[format];
  if (seconds === undefined) return undefined;
  const cores = speed.cores === 1 ? '1 core' : `${speed.cores} cores`;
  return `an hour of speech-like sound in ${wholeSeconds(seconds)} on ${cores}`;
}

/** All of it in one sentence, for the README. */
export function speedSentence(speed: MeasuredSpeed = measuredSpeed): string {
  const [first = '', ...others] = formatNames.flatMap((format, index) => {
    const seconds = speed.secondsPerHour[format];
    if (seconds === undefined) return [];
    return [`\`${format}\` ${index === 0 ? hourOfSpeech(format, speed) : wholeSeconds(seconds)}`];
  });
  const machine = `${speed.cpu}, FFmpeg ${speed.ffmpegVersion}`;
  return `Measured on ${speed.date} (${machine}): ${[first, ...others].join(', ')}.`;
}

const wholeSeconds = (seconds: number) => `${Math.max(1, Math.round(seconds))} s`;
