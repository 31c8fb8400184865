/**
 * How far a conversion is, also when the source does not say how long it is: then it is told by how much of the file
 * FFmpeg has read, and where that cannot be seen, by how long a file of this size should be. An estimate never claims
 * the end: that is for the exit of FFmpeg to say.
 */

import type { InputFacts } from '@wavefleet/contracts/job.ts';

/** What is known of the source before FFmpeg runs. */
export interface SourceLength {
  readonly sizeBytes: number;
  /** Seconds that the source declares, when that can be trusted. */
  readonly declaredSeconds: number | null;
  /** How long it might be; see {@link likelySeconds}. */
  readonly likelySeconds: number;
  /** The part that is wanted, in seconds of the source. Default: all of it. */
  readonly trimStart: number;
  readonly trimEnd: number | undefined;
}

/** What FFmpeg says, and what is seen of it. */
export interface Step {
  /** Seconds of the result. */
  readonly writtenSeconds: number;
  /** Bytes of the source that are read; null where it cannot be seen. */
  readonly readBytes: number | null;
}

/** How far the conversion is. */
export interface Distance {
  /** 0..1. */
  readonly fraction: number;
  /**
   * Seconds of the result that are still to come. Null while nobody knows: what is usual is good enough to show that
   * work goes on, not to tell how long it takes.
   */
  readonly secondsAhead: number | null;
}

/** FFmpeg reads ahead by at most its buffer (`libavformat/aviobuf.c`: IO_BUFFER_SIZE). */
const READ_AHEAD_BYTES = 32_768;
/** What a trim leaves out at the front is decoded only, some eight times faster than it could be encoded. */
const SKIP_COST = 1 / 8;
/** From here on the way to the end gets longer and longer: there may be more than was promised. */
const BEND = 0.97;
/** An estimate stops short of the end. */
const ESTIMATE_LIMIT = 0.98;

export class HowFar {
  readonly #source: SourceLength;
  #read: number | undefined;
  /** Seconds of the whole source, as the bytes read so far tell. */
  #toldSeconds: number | undefined;

  constructor(source: SourceLength) {
    this.#source = source;
  }

  at({ writtenSeconds, readBytes }: Step): Distance {
    const { declaredSeconds, likelySeconds, trimStart } = this.#source;
    this.#watch(writtenSeconds, readBytes);
    const seconds = declaredSeconds ?? this.#toldSeconds ?? likelySeconds;
    const wanted = Math.max(0, Math.min(seconds, this.#source.trimEnd ?? seconds) - trimStart);
    const skip = trimStart * SKIP_COST;
    const skipped = writtenSeconds > 0 ? skip : skip * this.#skipped(readBytes, seconds);
    const way = skip + wanted;
    const done = way > 0 ? bend((skipped + writtenSeconds) / way) : 0;
    const isKnown = declaredSeconds !== null || this.#toldSeconds !== undefined;
    return {
      fraction: declaredSeconds === null ? Math.min(done, ESTIMATE_LIMIT) : done,
      secondsAhead: isKnown && writtenSeconds > 0 && writtenSeconds < wanted ? wanted - writtenSeconds : null,
    };
  }

  /**
   * Learns from every advance of the reading how long the source is. The first position says nothing: to find out what
   * a file is, FFmpeg reads megabytes of it, and looks at its end.
   */
  #watch(writtenSeconds: number, readBytes: number | null): void {
    if (writtenSeconds <= 0 || readBytes === null || readBytes === this.#read) return;
    const before = this.#read;
    this.#read = readBytes;
    if (before === undefined || readBytes < before) return;
    const decoded = Math.max(before, readBytes - READ_AHEAD_BYTES);
    if (decoded <= 0) return;
    const { sizeBytes, trimStart } = this.#source;
    this.#toldSeconds = ((trimStart + writtenSeconds) * sizeBytes) / decoded;
  }

  /** How much of what a trim leaves out at the front is behind us, 0..1. */
  #skipped(readBytes: number | null, seconds: number): number {
    const { sizeBytes, trimStart } = this.#source;
    if (readBytes === null || trimStart === 0) return 0;
    return Math.min(1, ((readBytes / sizeBytes) * seconds) / trimStart);
  }
}

/** 0..1 for 0..∞: as it is up to the bend, then ever more slowly towards 1. */
function bend(done: number): number {
  const rest = 1 - BEND;
  return done <= BEND ? done : 1 - rest / (1 + (done - BEND) / rest);
}

/** Kbit/s for each channel of a lossy source, where nothing better is known. */
const USUAL_LOSSY_KBPS = 64;
/** What lossless coding leaves of PCM, about. */
const USUAL_LOSSLESS_SHARE = 0.6;

/** How long a file of this size is as a rule: by its own estimate, else by its codec's usual bitrate. */
export function likelySeconds(facts: InputFacts, sizeBytes: number): number {
  const { durationSeconds, codec, sampleRate, channels, bitDepth } = facts;
  if (durationSeconds !== null && durationSeconds > 0) return durationSeconds;
  const pcm = sampleRate * channels * bitDepth;
  const share = codec.startsWith('pcm_') ? 1 : USUAL_LOSSLESS_SHARE;
  const bitsPerSecond = pcm > 0 ? pcm * share : USUAL_LOSSY_KBPS * 1000 * Math.max(1, channels);
  return (sizeBytes * 8) / bitsPerSecond;
}
