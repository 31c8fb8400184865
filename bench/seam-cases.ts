/** The kinds of sound, and of results, that `seams` measures. */
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { Quality } from '@wavefleet/contracts/request.ts';

/** Formulas of FFmpeg's `aevalsrc`, of the time `t` and a number that makes channels differ. */
const materials = {
  music: (voice: number) =>
    `0.12*(1+0.6*sin(2*PI*0.21*t))*(sin(2*PI*${220 + 27 * voice}*t)+sin(2*PI*${277 + 9 * voice}*t)+sin(2*PI*${330 + 5 * voice}*t))+0.35*exp(-30*mod(t\\,${0.43 - 0.06 * voice}))*sin(2*PI*1800*t)+0.08*(random(${voice})-0.5)`,
  speech: (voice: number) =>
    `(0.5*pow(max(0\\,sin(2*PI*3.1*t))\\,2)*lt(mod(t\\,5)\\,4.2)*(0.4+0.6*abs(sin(2*PI*0.37*t))))*(0.5*sin(2*PI*${118 + 6 * voice}*t+3*sin(2*PI*2*t))+0.3*sin(2*PI*${710 + 40 * voice}*t)+0.5*(random(${voice})-0.5))`,
  tone: (voice: number) => `0.5*sin(2*PI*${440 + 110 * voice}*t)`,
  attacks: (voice: number) =>
    `0.8*exp(-200*mod(t+${0.02 * voice}\\,0.137))*sin(2*PI*3300*t)+0.5*exp(-90*mod(t\\,0.411))*(random(${voice})-0.5)`,
  silence: () => '0',
} as const;
type Material = keyof typeof materials;

/** One row of the bench. */
export interface Case {
  readonly format: FormatName;
  readonly quality?: Quality;
  readonly rate: number;
  readonly channels: number;
  readonly material: Material;
  readonly seconds?: number;
  /** Hz of the result. Default: those of the sound. */
  readonly sampleRate?: number;
  /** Default: 6. */
  readonly segments?: number;
}

/** FFmpeg's names, by channels. */
export const layouts: Readonly<Record<number, string>> = { 1: 'mono', 2: 'stereo', 6: '5.1' };
const all = Object.keys(materials) as Material[];

/** Seconds that are no whole number of frames of anything. */
const SECONDS = 32.0123;
/** Of formats whose segments begin ten seconds early. */
const LONG_SECONDS = 66.0123;

/** What is the same of many cases. */
const long = { channels: 2, seconds: LONG_SECONDS, segments: 4 } as const;

export const cases: readonly Case[] = [
  ...all.map(
    (material) => ({ format: 'mp3', quality: '192k', rate: 44_100, channels: 2, material }) as const,
  ),
  ...all.map((material) => ({ format: 'mp3', quality: 'v2', rate: 44_100, channels: 2, material }) as const),
  ...(
    [
      ['320k', 48_000, 2],
      ['128k', 44_100, 2],
      ['128k', 32_000, 1],
      ['64k', 44_100, 1],
      ['v0', 44_100, 2],
      ['v3', 44_100, 2],
      ['v4', 44_100, 2],
      ['v4', 32_000, 1],
      ['v5', 48_000, 1],
      ['v5', 44_100, 2],
      ['64k', 24_000, 2],
      ['48k', 22_050, 1],
      ['32k', 16_000, 1],
      ['24k', 11_025, 1],
      ['16k', 12_000, 2],
      ['8k', 8_000, 1],
    ] as const
  ).flatMap(([quality, rate, channels]) =>
    (['music', 'speech'] as const).map(
      (material) =>
        ({
          format: 'mp3',
          quality,
          rate,
          channels,
          material,
          seconds: rate < 16_000 ? 150.0123 : SECONDS,
        }) as const,
    ),
  ),
  // The rate changes on the way.
  { format: 'mp3', quality: '192k', rate: 96_000, channels: 2, material: 'music', sampleRate: 44_100 },
  { format: 'mp3', quality: '128k', rate: 48_000, channels: 2, material: 'speech', sampleRate: 22_050 },
  ...all.map(
    (material) => ({ format: 'opus', quality: '128k', rate: 44_100, channels: 2, material }) as const,
  ),
  ...(
    [
      ['16k', 16_000, 1],
      ['24k', 48_000, 1],
      ['32k', 44_100, 2],
      ['64k', 48_000, 2],
      ['192k', 96_000, 2],
      ['256k', 48_000, 6],
    ] as const
  ).flatMap(([quality, rate, channels]) =>
    (['music', 'speech'] as const).map(
      (material) => ({ format: 'opus', quality, rate, channels, material }) as const,
    ),
  ),
  ...all.map((material) => ({ ...long, format: 'm4a', quality: '160k', rate: 44_100, material }) as const),
  ...(
    [
      ['96k', 44_100, 2],
      ['128k', 48_000, 2],
      ['192k', 44_100, 2],
      ['256k', 48_000, 2],
      ['320k', 44_100, 2],
      ['64k', 44_100, 1],
      ['96k', 48_000, 1],
      ['64k', 44_100, 2],
      ['96k', 32_000, 2],
      ['48k', 24_000, 1],
      ['64k', 22_050, 2],
      ['32k', 16_000, 1],
      ['16k', 8_000, 1],
      ['320k', 48_000, 6],
    ] as const
  ).flatMap(([quality, rate, channels]) =>
    (['music', 'speech'] as const).map(
      (material) => ({ ...long, format: 'm4a', quality, rate, channels, material }) as const,
    ),
  ),
  { ...long, format: 'm4a', quality: '160k', rate: 96_000, material: 'music', sampleRate: 44_100 },
  { ...long, format: 'aac', quality: '160k', rate: 44_100, material: 'music' },
  ...all.map((material) => ({ ...long, format: 'ogg', quality: 'q5', rate: 44_100, material }) as const),
  ...(
    [
      ['q0', 44_100, 2],
      ['q2', 48_000, 1],
      ['q4', 48_000, 2],
      ['q8', 44_100, 2],
      ['q10', 48_000, 2],
      ['q3', 32_000, 2],
      ['q5', 48_000, 6],
    ] as const
  ).flatMap(([quality, rate, channels]) =>
    (['music', 'speech'] as const).map(
      (material) => ({ ...long, format: 'ogg', quality, rate, channels, material }) as const,
    ),
  ),
  { ...long, format: 'ogg', quality: 'q5', rate: 96_000, material: 'music', sampleRate: 44_100 },
];

/** FFmpeg's arguments that make it. */
export function sourceOf({ rate, channels, material, seconds = SECONDS }: Case): string[] {
  const voices = Array.from({ length: channels }, (_, voice) => materials[material](voice)).join('|');
  return ['-f', 'lavfi', '-i', `aevalsrc='${voices}':s=${rate}:d=${seconds}:c=${layouts[channels]}`];
}
