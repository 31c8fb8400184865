/** What an encode is given beside its plan, and what it tells meanwhile. */
import type { Holes } from './holes.ts';
import type { ConvertedInput } from './process/child-log.ts';
import type { RunLimits } from './process/run.ts';
import type { SourceFeed } from './process/source-feed.ts';
import type { SegmentKeeper } from './segment-keeper.ts';

/** Few audio decoders (FLAC) use a second one, and the limit on CPU time has to know how many there can be. */
export const DECODER_THREADS = 2;

/** What an encode is given beside its plan. */
export interface EncodeOptions {
  /** The result's name within the folder, without its ending. Two encodes in one folder need two names. */
  readonly output: string;
  readonly limits: RunLimits;
  /** What the source is, for the log. */
  readonly input: ConvertedInput;
  /** Threads of the decoder. Default 2. */
  readonly threads?: number;
  /** Up to four times a second. Must not throw. */
  readonly onProgress?: (progress: EncodeProgress) => void;
  /** What FFmpeg says on stderr: hostile text, cut anywhere. Must not throw. */
  readonly onStderr?: (text: string) => void;
  /** Of a source that is full of holes. Default: all of it is there. */
  readonly holes?: Holes | undefined;
  /** What gives FFmpeg its source on stdin. Default: it opens the file that lies in the folder. */
  readonly feed?: SourceFeed;
  /** When several processes may make one result. Default: never. */
  readonly parallel?: Parallel;
}

/** What decides whether a result is made in segments; see `split/plan-split.ts`. */
interface Parallel {
  /** Seconds that one process has to need, by expectation. */
  readonly leastSeconds: number;
  /** Cores that nobody uses or is about to, the one of this encode among them. Asked once, and only if it matters. */
  readonly idleCores: () => Promise<number>;
  /** Whether so many bytes more may be written into the folder: segments lie beside the result. Default: always. */
  readonly hasRoom?: (bytes: number) => Promise<boolean>;
  /** Keeps the segments of very long results. Default: none are kept. */
  readonly keeper?: SegmentKeeper | undefined;
}

/** How far an encode is. */
export interface EncodeProgress {
  /** Seconds of the result that are written: 0 while FFmpeg still decodes up to the start of a trim. */
  readonly writtenSeconds: number;
  /** Bytes of the result that are written; null while nobody knows. */
  readonly writtenBytes: number | null;
  /** Bytes of the source that are read; null where that cannot be seen. */
  readonly readBytes: number | null;
  /** Audio seconds per wall second; null while nobody knows. */
  readonly speed: number | null;
}

/** What every run is given, whether it encodes or only listens. */
export type RunSetting = Omit<EncodeOptions, 'output'>;
