/** Audio made on the spot, so that nothing has to be shipped or fetched: speech-like bursts over a tune. */
import { execa } from 'execa';

/** Making sound costs a second for every thirty, encoding it a tenth of that: what is longer repeats itself. */
const REPEATED_SECONDS = 30;
const RATE_HZ = 48_000;

/**
 * Two voices of formant-filtered noise in syllables, and plucked notes with sharp attacks and long tails: what
 * lossy encoders find easy, and what they find hard.
 */
const material = [
  'anoisesrc=color=pink:amplitude=0.5:seed=7,bandpass=f=700:w=400,tremolo=f=4:d=0.95[low]',
  'anoisesrc=color=white:amplitude=0.3:seed=11,bandpass=f=2400:w=900,tremolo=f=3:d=0.95[high]',
  "aevalsrc='0.3*sin(2*PI*220*t)*exp(-4*mod(t,0.5))+0.2*sin(2*PI*(330+110*mod(floor(t),4))*t)*exp(-3*mod(t,0.25))':s=48000,asplit[notes][again]",
  '[low][notes]amix=inputs=2,aformat=channel_layouts=mono[left]',
  '[high][again]amix=inputs=2,aformat=channel_layouts=mono[right]',
  `[left][right]join=inputs=2:channel_layout=stereo,aloop=loop=-1:size=${REPEATED_SECONDS * RATE_HZ}[out]`,
].join(';');

export interface SampleOptions {
  readonly seconds: number;
  /** Hz. Default 44,100. */
  readonly sampleRate?: number;
  /** 1, 2 or 6. Default 2. */
  readonly channels?: 1 | 2 | 6;
  /** FFmpeg arguments that choose the codec. Default: what the ending of `path` implies. */
  readonly codec?: readonly string[];
  readonly tags?: Record<string, string>;
}

/** Writes a sample to `path`; its ending chooses the container. */
export async function makeSample(path: string, options: SampleOptions): Promise<void> {
  const { seconds, sampleRate = 44_100, channels = 2, codec = [], tags = {} } = options;
  await execa('ffmpeg', [
    ...['-nostdin', '-v', 'error', '-y', '-filter_complex', material, '-map', '[out]', '-t', String(seconds)],
    ...['-ar', String(sampleRate), '-ac', String(channels)],
    ...Object.entries(tags).flatMap(([key, value]) => ['-metadata', `${key}=${value}`]),
    ...codec,
    path,
  ]);
}
