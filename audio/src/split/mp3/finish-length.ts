/**
 * The length that an MP3 declares, put right by the samples that its encoder was given. LAME ends with up to 46 samples of
 * padding in the last packet but one. FFmpeg (5.1 to 7.1) tells its muxer of them with that packet, but the muxer writes
 * down what the last one says (`mp3_write_audio_packet` in libavformat/mp3enc.c): so many samples too much are played.
 */
import { join } from 'node:path';
import { encoderOf } from '../../encoders.ts';
import { readLastTime } from '../../measuring/measurements.ts';
import { openOwnFile } from '../../own-files.ts';
import type { ConversionPlan } from '../../plan/plan.ts';
import { frameBytes, mp3Rate } from '../../probing/frames.ts';
import { readAt } from '../../probing/read-at.ts';
import { id3End } from '../../tags/values/id3.ts';
import type { FolderTools } from '../../tools.ts';
import { samplesOfFrame } from './mp3-frame.ts';
import { MOST_PADDING, readXing, withPadding } from './xing.ts';

/** No frame of ours is longer. */
const MOST_FRAME_BYTES = 2_048;

/** What was encoded, and how the files begin that its filters wrote: names within the folder. */
interface Written {
  readonly file: string;
  readonly levels: string;
}

/**
 * Changes the header in place where it declares too much; see `watchLength` in `args/watch-filters.ts` for who counts.
 * Does nothing to other formats.
 * @throws Failure DISK_FULL when the count breaks off; CONVERSION_FAILED when something is no plain file.
 */
export async function finishLength(
  { cwd }: Pick<FolderTools, 'cwd'>,
  { format, sampleRate }: Pick<ConversionPlan, 'format' | 'sampleRate'>,
  { file: name, levels }: Written,
): Promise<void> {
  if (encoderOf(format).isCounted !== true) return;
  const samples = await readLastTime(cwd, `${levels}.counted.txt`);
  const file = samples === undefined ? undefined : await openOwnFile(join(cwd, name), 'change');
  if (samples === undefined || file === undefined) return;
  try {
    const at = (await id3End((from, length) => readAt(file, from, length), 0)) ?? 0;
    const head = await readAt(file, at, MOST_FRAME_BYTES);
    const header = readXing(head.subarray(0, frameBytes('mp3', head) ?? 0));
    // What is not as FFmpeg writes it is for the verify stage.
    if (header === undefined || mp3Rate(header.frame) !== sampleRate) return;
    const frameSamples = samplesOfFrame(sampleRate);
    const padding = header.frames * frameSamples - header.delay - samples;
    const unsaid = padding - header.padding;
    if (unsaid <= 0 || unsaid >= frameSamples || padding > MOST_PADDING) return;
    const mended = await withPadding(header, padding);
    await file.write(mended, 0, mended.length, at);
  } finally {
    await file.close();
  }
}
