/** What has to be known of an encoder and its container, so that nothing else asks which format it has. */
import type { BitDepth } from '@wavefleet/contracts/output-format.ts';
import type { EncoderQuality } from '@wavefleet/contracts/request.ts';
import type { Chapter } from './tags/chapters.ts';
import type { GainScale } from './tags/gains.ts';
import type { ValuesIn } from './tags/values/one-text.ts';

/** What an encoder is asked for. */
export interface EncoderChoice {
  /** Undefined for lossless formats. */
  readonly quality: EncoderQuality | undefined;
  /** Bits per sample of lossless results; 32 are a float. */
  readonly bitDepth: BitDepth | undefined;
  /** Channels of the result. */
  readonly channels: number;
  /** Whether any tag has several values. Default false. */
  readonly severalValues?: boolean;
}

/** What a container is asked for. */
export interface ContainerChoice {
  /** Hz of the result. */
  readonly sampleRate: number;
  /** Those to write; empty for none. */
  readonly chapters: readonly Chapter[];
}

/** Where the exact length of a result is read; see `probing/output-length.ts`. */
export type LengthSource =
  | 'header'
  | 'adts-packets'
  | 'ac3-packets'
  | 'lame-header'
  | 'ogg-pages'
  | 'webm-blocks';

/** How FFmpeg makes one format. */
export interface Encoder {
  /** FFmpeg's name of the container. */
  readonly muxer: string;
  /** Arguments of the encoder, and of the container where `container` names none. */
  readonly args: (choice: EncoderChoice) => string[];
  /** Arguments of the container alone, which a copy of encoded sound needs as well. */
  readonly container?: (choice: ContainerChoice) => string[];
  /** The codec that ffprobe must report for the result. */
  readonly codec: (choice: EncoderChoice) => string;
  /** The channel layouts it holds, by rising channel count; `any` where the container takes all. */
  readonly layouts: readonly string[] | 'any';
  /** What is mixed down to when none of `layouts` has all speakers of the source. */
  readonly mixdown: string;
  /** Where tags lie in this container: on the file, or on the audio stream. */
  readonly tagsOn: 'container' | 'stream';
  /** How several values of one tag are kept; see `tags/values/one-text.ts`. */
  readonly values: ValuesIn;
  /** How chapters get in: by FFmpeg, as Vorbis comments, or not at all. */
  readonly chapters: 'native' | 'comments' | 'none';
  /** How tags say the loudness. */
  readonly gains: GainScale;
  /** How a cover gets in: as a picture stream, as a tag with the picture in base64, or not at all. */
  readonly cover: 'stream' | 'tag' | 'none';
  readonly length: LengthSource;
  /**
   * Whether FFmpeg may declare more samples than its encoder was given: then they are counted on their way, and the result
   * is put right. Default false.
   */
  readonly isCounted?: boolean;
  /** Hz above which it keeps nothing. Default: that depends on rate and quality. */
  readonly topHz?: number;
  /** The largest file that it can be, in bytes. FFmpeg writes on beyond, and nobody could read it. Default: any. */
  readonly mostBytes?: number;
  /**
   * dBFS beyond which an encoder that is given floats makes something else of them: it turns them down, or clips. Default: it
   * takes any.
   */
  readonly mostDbfs?: number;
  /** What the encoder itself takes off the level, as a factor. Default: nothing. */
  readonly loss?: (choice: EncoderChoice) => number;
}
