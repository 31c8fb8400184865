/** What is known of the codecs whose results can be made in segments: one row a format, each one proven at its seams. */
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { SegmentContainer } from '../args/segment-args.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import { AAC_FRAME, joinAac, joinAdts } from './aac/join-aac.ts';
import type { Joined, JoinOrder } from './join.ts';
import { joinMp3 } from './mp3/join-mp3.ts';
import { samplesOfFrame } from './mp3/mp3-frame.ts';
import { ALAC_FRAME, joinAlac } from './mp4/join-alac.ts';
import { joinOpus, OPUS_FRAME } from './ogg/join-opus.ts';
import { joinVorbis, VORBIS_FRAME } from './ogg/join-vorbis.ts';
import { settleVorbis } from './ogg/settle-vorbis.ts';
import type { Rehearse } from './rehearsal.ts';

/** How results of one format are made in segments. */
export interface SplitCodec {
  /** Samples of a frame: segments begin at multiples of it. */
  readonly frameSamples: (sampleRate: number) => number;
  /** Seconds that a segment begins before it is needed, until its encoder is in the state of one that ran all along. */
  readonly warmUpSeconds: number;
  /** Seconds that it goes on behind the place where the next one takes over, which may be somewhat later. */
  readonly lookAheadSeconds: number;
  /**
   * Frames of noise that an encoder hears before a segment, where it holds a bitrate and has to come down to it from above:
   * that is how it comes to the measures that one has which ran all along. Default: none.
   */
  readonly noiseFrames?: number;
  /** How segments are written that are not the first one. */
  readonly bare: SegmentContainer;
  /** CPU seconds that encoding an hour of stereo at 44.1 kHz takes, on a core of a usual server. */
  readonly secondsPerHour: number;
  /** Whether this plan's results are proven. Default: all are. */
  readonly proves?: (plan: ConversionPlan) => boolean;
  /**
   * How what was joined is read by the FFmpeg that puts tags, cover and chapters beside it, without encoding anything.
   * Default: the first segment has them, and what is joined is the result.
   */
  readonly demuxer?: string;
  /**
   * Where segments can take over near these frames: asked of sources of which a segment's process reads only its own part.
   * Default: anywhere.
   */
  readonly settle?: (
    takeOvers: readonly number[],
    plan: ConversionPlan,
    rehearse: Rehearse,
  ) => Promise<readonly number[]>;
  readonly join: (order: JoinOrder, plan: ConversionPlan) => Promise<Joined>;
}

const opus: SplitCodec = {
  frameSamples: () => OPUS_FRAME,
  warmUpSeconds: 1,
  lookAheadSeconds: 0.5,
  bare: { muxer: 'opus', args: [] },
  secondsPerHour: 25,
  // Below, Opus codes speech by prediction, which takes longer to come to the same state, and seams were heard.
  proves: ({ quality, channels }) =>
    quality !== undefined && 'kbps' in quality && quality.kbps >= 32 * channels,
  join: (order) => joinOpus(order),
};

const adts: SplitCodec = {
  frameSamples: () => AAC_FRAME,
  warmUpSeconds: 10,
  // Two encodes of some music agree only now and then: within 1.5 s seams were measured to be worse than the encoder is with
  // another start, within eight they were not.
  lookAheadSeconds: 8,
  noiseFrames: 16,
  bare: { muxer: 'adts', args: [] },
  secondsPerHour: 35,
  // In mono, and with fewer bits, seams are worse than the encoder's other starts; elsewhere nobody has measured enough of
  // them; with more channels, frames hold more than is compared.
  proves: ({ sampleRate, channels, quality }) =>
    (sampleRate === 44_100 || sampleRate === 48_000) &&
    channels === 2 &&
    quality !== undefined &&
    'kbps' in quality &&
    quality.kbps >= 160 &&
    quality.kbps <= 256,
  join: (order) => joinAdts(order),
};
const m4a: SplitCodec = {
  ...adts,
  bare: { muxer: 'ipod', args: [] },
  demuxer: 'mov',
  join: (order, { sampleRate }) => joinAac(order, sampleRate),
};

const codecs: Partial<Readonly<Record<FormatName, SplitCodec>>> = {
  mp3: {
    frameSamples: samplesOfFrame,
    warmUpSeconds: 0.84,
    lookAheadSeconds: 0.42,
    bare: { muxer: 'mp3', args: ['-id3v2_version', '0'] },
    secondsPerHour: 36,
    // Elsewhere the encoder has so few bits that what it did before is heard for longer, or the bit reservoir never fits.
    proves: ({ sampleRate, quality }) =>
      sampleRate >= 32_000 &&
      quality !== undefined &&
      (('kbps' in quality && quality.kbps >= 128) || ('v' in quality && quality.v <= 5)),
    join: (order, { sampleRate }) => joinMp3(order, sampleRate),
  },
  aac: adts,
  m4a,
  m4b: m4a,
  opus,
  webm: { ...opus, demuxer: 'ogg' },
  ogg: {
    frameSamples: () => VORBIS_FRAME,
    warmUpSeconds: 4,
    lookAheadSeconds: 4,
    bare: { muxer: 'ogg', args: [] },
    secondsPerHour: 43,
    // At these rates blocks are of 256 and 2,048 samples; a bitrate that is held would be one more memory.
    proves: ({ sampleRate, channels, quality }) =>
      (sampleRate === 44_100 || sampleRate === 48_000) &&
      channels <= 2 &&
      quality !== undefined &&
      'q' in quality,
    settle: (takeOvers, { sampleRate }, rehearse) => settleVorbis(takeOvers, sampleRate, rehearse),
    join: (order, { sampleRate }) => joinVorbis(order, sampleRate),
  },
  alac: {
    frameSamples: () => ALAC_FRAME,
    warmUpSeconds: 0,
    lookAheadSeconds: 0,
    bare: { muxer: 'ipod', args: [] },
    demuxer: 'mov',
    secondsPerHour: 11,
    join: (order, { sampleRate }) => joinAlac(order, sampleRate),
  },
};

/** Undefined for formats that one process makes. Whether this plan's seams are proven, `proves` tells. */
export function splitCodecOf({ format }: Pick<ConversionPlan, 'format'>): SplitCodec | undefined {
  return codecs[format];
}
