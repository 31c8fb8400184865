/** Which bitrates the lossy encoders take, by sample rate and channels. The rows of `formats.ts` name these. */

/** Lowest and highest, in kbit/s. */
export type BitrateRange = readonly [low: number, high: number];

const mpeg1Steps = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320] as const;
const mpeg2Steps = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160] as const;

/**
 * The only bitrates that an MP3 of one bitrate has (ISO 11172-3 and 13818-3): MPEG-1 from 32 kHz up, MPEG-2 from 16 kHz,
 * MPEG-2.5 below, where LAME stops at 64. LAME takes the nearest in place of any other, without a word.
 */
export function mp3Steps(sampleRate: number): readonly number[] {
  if (sampleRate >= 32_000) return mpeg1Steps;
  return sampleRate >= 16_000 ? mpeg2Steps : mpeg2Steps.filter((kbps) => kbps <= 64);
}

/** From the first of them to the last. */
export function mp3Bitrates(sampleRate: number): BitrateRange {
  const steps = mp3Steps(sampleRate);
  return [Math.min(...steps), Math.max(...steps)];
}

/** ISO 14496-3: at most 6144 bits per channel in a frame of 1024 samples. */
export function aacBitrates(sampleRate: number, channels: number): BitrateRange {
  return [8, Math.floor((6 * sampleRate * channels) / 1000)];
}

/** ATSC A/52, table 5.18: the only bitrates that AC-3 has. */
export const ac3Steps = [
  32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640,
] as const;

/** FFmpeg's AC-3 encoders give up on noise in five channels below 40 kbit/s (measured on 5.1.9). */
export function ac3Bitrates(_sampleRate: number, channels: number): BitrateRange {
  return [channels > 2 ? 64 : 32, 640];
}

/** libopusenc.c refuses more than 256 kbit/s per channel; 6 per channel is libopus' own floor. */
export function opusBitrates(_sampleRate: number, channels: number): BitrateRange {
  return [6 * channels, 256 * channels];
}

/** Total kbit/s that libvorbis takes by rate and channels, else it refuses to start. Measured on 1.3.7. */
const vorbisBands: readonly {
  /** Hz, exclusive. */
  readonly below: number;
  readonly mono: BitrateRange;
  readonly stereo: BitrateRange;
  readonly surround: BitrateRange;
}[] = [
  { below: 9_000, mono: [8, 40], stereo: [12, 80], surround: [48, 250] },
  { below: 15_000, mono: [12, 48], stereo: [16, 96], surround: [80, 256] },
  { below: 19_000, mono: [16, 96], stereo: [24, 192], surround: [96, 500] },
  { below: 26_000, mono: [16, 80], stereo: [32, 160], surround: [96, 500] },
  { below: 40_000, mono: [32, 190], stereo: [40, 320], surround: [190, 500] },
  { below: 50_001, mono: [32, 240], stereo: [45, 500], surround: [96, 500] },
];

/** Undefined at rates where libvorbis takes a quality only. */
export function vorbisBitrates(sampleRate: number, channels: number): BitrateRange | undefined {
  const band = sampleRate < 8_000 ? undefined : vorbisBands.find(({ below }) => sampleRate < below);
  if (band === undefined) return undefined;
  if (channels === 1) return band.mono;
  if (channels === 2) return band.stereo;
  if (channels === 6) return band.surround;
  return [band.mono[0] * channels, band.mono[1] * channels];
}

/** What LAME's V0 to V9 come to for stereo at 44.1 kHz, in kbit/s, about (LAME's own documentation). */
export const lameNominalKbps = [245, 225, 190, 175, 165, 130, 115, 100, 85, 65] as const;

/** Nominal stereo kbit/s of Vorbis q0 to q10 at 44.1 kHz (libvorbis' own table). */
export const vorbisNominalKbps = [64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 500] as const;
