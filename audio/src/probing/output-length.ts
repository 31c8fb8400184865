/** How long a result is, read where its container has that to the sample. */
import type { FileHandle } from 'node:fs/promises';
import type { LengthSource } from '../encoder.ts';
import { openOwnFile } from '../own-files.ts';
import { exactMp3Seconds } from './mp3-length.ts';
import { oggSeconds } from './ogg-length.ts';
import { webmSeconds } from './webm-length.ts';

/** What ffprobe said of the result's audio. */
interface Declared {
  readonly seconds: number | undefined;
  /** Packets, where they were counted. */
  readonly packets: number | undefined;
  /** Hz. */
  readonly rate: number;
}

interface OutputLength {
  /** Seconds that a gapless player plays; undefined when nothing tells. */
  readonly seconds: number | undefined;
  /** How much longer than the sound that may be, in seconds. */
  readonly paddingSeconds: number;
}

/** Samples in a frame of AC-3 or E-AC-3 (ours has all six blocks), and the silence that the encoder puts before the sound. */
const AC3_FRAME = 1536;
const AC3_DELAY = 256;
/** Samples in an AAC frame, and the silence that our encoder puts before the sound. */
const AAC_FRAME = 1024;

/** Of so many packets. ADTS cannot say where its last frame ends. */
export function adtsLength(
  packets: number,
  rate: number,
): { readonly durationSeconds: number; readonly paddingSeconds: number } {
  return { durationSeconds: ((packets - 1) * AAC_FRAME) / rate, paddingSeconds: AAC_FRAME / rate };
}

/** One reader for every place where a length can stand. */
export const lengthReaders: Readonly<
  Record<LengthSource, (declared: Declared, path: string) => Promise<OutputLength>>
> = {
  header: async ({ seconds }) => ({ seconds, paddingSeconds: 0 }),
  'adts-packets': async ({ seconds, packets, rate }) => {
    if (packets === undefined) return { seconds, paddingSeconds: 0 };
    const { durationSeconds, paddingSeconds } = adtsLength(packets, rate);
    return { seconds: durationSeconds, paddingSeconds };
  },
  'ac3-packets': async ({ seconds, packets, rate }) =>
    packets === undefined
      ? { seconds, paddingSeconds: 0 }
      : { seconds: (packets * AC3_FRAME - AC3_DELAY) / rate, paddingSeconds: AC3_FRAME / rate },
  'lame-header': inFile((file, _, { rate }) => exactMp3Seconds(file, rate)),
  'ogg-pages': inFile(oggSeconds),
  'webm-blocks': inFile(webmSeconds),
};

/** What stands in the file goes before what ffprobe declares. */
function inFile(
  read: (file: FileHandle, sizeBytes: number, declared: Declared) => Promise<number | undefined>,
): (declared: Declared, path: string) => Promise<OutputLength> {
  return async (declared, path) => {
    const file = await openOwnFile(path);
    try {
      const seconds = file && (await read(file, (await file.stat()).size, declared));
      return { seconds: seconds ?? declared.seconds, paddingSeconds: 0 };
    } finally {
      await file?.close();
    }
  };
}
