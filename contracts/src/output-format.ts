/** What the catalogue says of an output format. One row of `formats.ts` is one of these. */
import type { BitrateRange } from './bitrates.ts';
import type { SampleRates } from './sample-rates.ts';

/** What `low`, `medium` (the default) and `high` stand for, for a stereo file; in the unit of the scale. */
interface QualitySteps {
  readonly low: number;
  readonly medium: number;
  readonly high: number;
}

/** An encoder that is steered by a bitrate such as `192k`. */
interface BitrateScale extends QualitySteps {
  readonly unit: 'kbps';
  /** What may be asked for, in kbit/s. */
  readonly min: number;
  readonly max: number;
  /** The kbit/s that the encoder takes; what was asked for is moved into it. */
  readonly bitrates: (sampleRate: number, channels: number) => BitrateRange;
  /** The only bitrates there are, where not every one between `min` and `max` will do. */
  readonly steps?: readonly number[];
  /** The kbit/s that there are at a rate in Hz, lowest first, where the nearest is taken in place of any other. */
  readonly nearestOf?: (sampleRate: number) => readonly number[];
  /** Where the encoder can let its bitrate vary: the stereo kbit/s at 44.1 kHz that `v0`, `v1` and so on stand for. */
  readonly variableKbps?: readonly number[];
  /** Whether the encoder holds its bitrate whatever the sound is, so that the size can be foretold. */
  readonly constant: boolean;
}

/** An encoder that is steered by a quality such as `q5`, and takes bitrates too. */
interface VorbisScale extends QualitySteps {
  readonly unit: 'q';
  readonly min: number;
  readonly max: number;
  /** Bitrates that may be asked for in place of a quality, in kbit/s. */
  readonly kbps: { readonly min: number; readonly max: number };
  /** As for a bitrate scale; undefined where the encoder takes a quality only. */
  readonly bitrates: (sampleRate: number, channels: number) => BitrateRange | undefined;
  /** The stereo kbit/s at 44.1 kHz that each whole quality stands for, from q0 up. */
  readonly nominalKbps: readonly number[];
  readonly constant: false;
}

/** How a lossy encoder is steered. */
export type QualityScale = BitrateScale | VorbisScale;

/** Bits per sample that a result can be asked to have: integers, except that 32 are a float. */
export type BitDepth = 16 | 24 | 32;

/** Lossy formats have a scale or one bitrate; the quality of lossless ones is the source's. */
type Fidelity =
  | {
      readonly lossless: false;
      readonly quality: QualityScale;
      readonly kbpsPerChannel?: undefined;
      readonly bitDepths?: undefined;
      readonly shareOfPcm?: undefined;
      readonly smaller?: undefined;
    }
  | {
      readonly lossless: false;
      readonly quality?: undefined;
      /** The one bitrate that it has. */
      readonly kbpsPerChannel: number;
      readonly bitDepths?: undefined;
      readonly shareOfPcm?: undefined;
      readonly smaller?: undefined;
    }
  | {
      readonly lossless: true;
      readonly quality?: undefined;
      readonly kbpsPerChannel?: undefined;
      /** What `options.bitDepth` may be. */
      readonly bitDepths: readonly BitDepth[];
      /** What is left of the size of PCM, about; 1 for PCM itself. */
      readonly shareOfPcm: number;
      /** The format to try when this one becomes too large. */
      readonly smaller: string;
    };

/** The row of a format. */
export type OutputFormat = SampleRates &
  Fidelity & {
    readonly label: string;
    readonly extension: string;
    readonly mimeType: string;
    /** The codec name ffprobe reports for the result, or how it begins. */
    readonly codec: string;
    readonly maxChannels: number;
    /** Whether a cover picture survives in this container. */
    readonly cover: boolean;
    /** How much of the tags survives in this container: every text, what is common, or little. */
    readonly tags: 'all' | 'common' | 'few';
    /**
     * Samples that a decoder may play beyond the sound: the frames of delay and padding that the container
     * has no place to declare. 0 where it declares the length.
     */
    readonly undeclaredSamples: number;
    /** Whether Chromium, Firefox and Safari of today all play it; else the job gets a preview. */
    readonly browserPlayable: boolean;
    /** What a worker must be able to do to make it (`needs.ts`): 1 from the beginning, one more for each newer release. */
    readonly since: number;
  };
