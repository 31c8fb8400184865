/** For tests that look at samples: a file as numbers, and what they hold. */
import { execa } from 'execa';

/** Decodes a file with plain FFmpeg: one array for each channel, 1 = full scale. */
export async function decode(file: string, filters = 'anull'): Promise<Float64Array[]> {
  const { stdout: shape } = await execa('ffprobe', [
    ...['-v', 'error', '-select_streams', 'a:0', '-show_entries', 'stream=channels', '-of', 'csv=p=0', file],
  ]);
  const channels = Number.parseInt(shape, 10);
  const { stdout } = await execa(
    'ffmpeg',
    ['-nostdin', '-v', 'error', '-i', file, '-map', '0:a:0', '-af', filters, '-f', 'f64le', 'pipe:1'],
    { encoding: 'buffer' },
  );
  const all = new Float64Array(stdout.slice().buffer);
  return Array.from({ length: channels }, (_, channel) => {
    const samples = new Float64Array(Math.floor(all.length / channels));
    for (let at = 0; at < samples.length; at += 1) samples[at] = all[at * channels + channel] ?? 0;
    return samples;
  });
}

/** The amplitude of one frequency, over whole seconds of the middle where there are any. */
export function toneAmplitude(samples: Float64Array, rate: number, hz: number): number {
  const length = Math.max(rate, Math.floor(samples.length / rate - 1) * rate);
  const start = Math.floor((samples.length - length) / 2);
  let [real, imaginary] = [0, 0];
  for (let index = 0; index < length; index += 1) {
    const angle = (2 * Math.PI * hz * index) / rate;
    const sample = samples[start + index] ?? 0;
    real += sample * Math.cos(angle);
    imaginary += sample * Math.sin(angle);
  }
  return (2 * Math.hypot(real, imaginary)) / length;
}

/** The largest sample, without its sign. */
export function peakOf(samples: Float64Array): number {
  return samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
}

/** The root of the mean of the squares. */
export function rmsOf(samples: Float64Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length);
}

/** dB of a ratio of amplitudes. */
export function decibels(ratio: number): number {
  return 20 * Math.log10(ratio);
}
