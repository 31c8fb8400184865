/** A source that comes while it is converted: where several cores are idle, the first ones need not wait for all of it. */

import { WHOLE } from '@wavefleet/audio/holes.ts';
import { probe } from '@wavefleet/audio/probing/probe.ts';
import { canBeginEarly, isKnownByHead } from '@wavefleet/audio/split/begins-early.ts';
import type { JobContext } from '../context.ts';
import { idleCores } from '../idle-cores.ts';
import { downloadCover } from '../stages/download.ts';
import { roomForResult } from '../temp-space.ts';
import { ArrivingSource } from './arriving-source.ts';
import type { HoleySource } from './holey-source.ts';

/** What is known of a source that is not all there as yet. */
export interface EarlyStart {
  readonly holes: ArrivingSource | HoleySource;
  /** Those that were idle before it began to come. Absent where nobody has looked. */
  readonly idleCores?: () => Promise<number>;
}

/** A smaller one is there before it would be of use. */
const LEAST_BYTES = 32 * 1024 ** 2;

/**
 * The source lies in the folder as `in` afterwards, as long as it is, and the cover beside it.
 * @returns undefined where all of it is there.
 * @throws Failure EMPTY_FILE, UPLOAD_TOO_LARGE, and as `ArrivingSource.fill` does.
 */
export async function fetchOrBegin(context: JobContext): Promise<EarlyStart | undefined> {
  const source = await ArrivingSource.open(context);
  try {
    const cores = await coresFor(context, source);
    if (cores < 2) await source.fill(WHOLE);
    await downloadCover(context);
    if (cores > 1) return { holes: source, idleCores: async () => cores };
  } catch (error) {
    await source.close();
    throw error;
  }
  await source.close();
  return undefined;
}

/** That may begin while it comes. */
async function coresFor(context: JobContext, source: ArrivingSource): Promise<number> {
  const { job, platform, ffmpeg, folder, signal, log } = context;
  const { config, queue } = platform;
  const { idleCores: look = () => idleCores({ queue, log }) } = context;
  const { format, quality, options } = job;
  const isLarge = job.inputS3Location.sizeBytes >= LEAST_BYTES;
  if (!isLarge || !config.SPLIT_LONG_FILES || options.splitByChapter === true) return 1;
  await source.fillHead();
  if (!(await isKnownByHead(source.file))) return 1;
  const tools = ffmpeg.in(folder, signal, log);
  const can = await probe(tools, options.track)
    .then((probed) =>
      canBeginEarly(probed, { format, quality, options }, tools.resampler, {
        leastSeconds: config.SPLIT_MIN_ENCODE_MS / 1000,
        outputBytes: roomForResult(job, probed, config).bytes,
      }),
    )
    // Whatever it is, the stages say it of the whole.
    .catch(() => false);
  return can ? await look() : 1;
}
