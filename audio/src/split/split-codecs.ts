/** What is known of the codecs whose results can be made in segments: one row a format, each one proven at its seams. */
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { SegmentContainer } from '../args/segment-args.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import type { Joined, JoinOrder } from './join.ts';
import { joinMp3 } from './mp3/join-mp3.ts';
import { samplesOfFrame } from './mp3/mp3-frame.ts';

/** How results of one format are made in segments. */
export interface SplitCodec {
  /** Samples of a frame: segments begin at multiples of it. */
  readonly frameSamples: (sampleRate: number) => number;
  /** Seconds that a segment begins before it is needed, until its encoder is in the state of one that ran all along. */
  readonly warmUpSeconds: number;
  /** Seconds that it goes on behind the place where the next one takes over, which may be somewhat later. */
  readonly lookAheadSeconds: number;
  /** How segments are written that are not the first one. */
  readonly bare: SegmentContainer;
  /** CPU seconds that encoding an hour of stereo at 44.1 kHz takes, on the machine of `docs/performance.md`. */
  readonly secondsPerHour: number;
  /** Whether this plan's results are proven. Default: all are. */
  readonly proves?: (plan: ConversionPlan) => boolean;
  readonly join: (order: JoinOrder, plan: ConversionPlan) => Promise<Joined>;
}

const codecs: Partial<Readonly<Record<FormatName, SplitCodec>>> = {
  mp3: {
    frameSamples: samplesOfFrame,
    warmUpSeconds: 0.84,
    lookAheadSeconds: 0.42,
    bare: { muxer: 'mp3', args: ['-id3v2_version', '0'] },
    secondsPerHour: 36,
    // Below, a second of 8 kbit/s is a dozen frames, and seams were heard. Such results are made in no time anyway.
    proves: ({ sampleRate }) => sampleRate >= 22_050,
    join: (order, { sampleRate }) => joinMp3(order, sampleRate),
  },
};

/** Undefined for formats that one process makes. */
export function splitCodecOf(plan: ConversionPlan): SplitCodec | undefined {
  const codec = codecs[plan.format];
  return codec?.proves?.(plan) === false ? undefined : codec;
}
