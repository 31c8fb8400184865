/** What a result is, in words for people: pages and e-mails say the same. */
import { findOutputFormat } from '@wavefleet/contracts/formats.ts';
import type { Job } from '@wavefleet/contracts/job.ts';

/** Format, length and sound, each with its name. Empty for a job without a result. */
export function soundFacts({
  format,
  outputS3Location: output,
}: Pick<Job, 'format' | 'outputS3Location'>): [name: string, value: string][] {
  if (output === undefined) return [];
  const { durationSeconds, sampleRate, channels, files } = output;
  return [
    ['Format', formatLabel(format)],
    ...(files === undefined ? [] : [['Files in the zip', String(files)] as [string, string]]),
    ['Length', clock(durationSeconds)],
    ['Sound', `${sampleRate / 1000} kHz, ${channelWords(channels)}`],
  ];
}

/** As people call it. */
export function formatLabel(format: string): string {
  return findOutputFormat(format)?.label ?? format;
}

/** `12 kB`, `3.4 MB`. */
export function megabytes(bytes: number): string {
  return bytes < 100_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Made for the first one: ICU's calendars take 15 ms to load, which no start shall wait for. */
let day: Intl.DateTimeFormat | undefined;

/** `26 November 2026 at 13:40 UTC`. */
export function dayAndTime(at: Date): string {
  day ??= new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  return `${day.format(at)} UTC`;
}

function channelWords(channels: number): string {
  if (channels === 1) return 'mono';
  return channels === 2 ? 'stereo' : `${channels} channels`;
}

/** `3:07`, `1:03:07`. */
function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return h === 0 ? `${m}:${two(s)}` : `${h}:${two(m)}:${two(s)}`;
}
