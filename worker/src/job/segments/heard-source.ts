/** A plain WAV of which a worker fetches only what its segments hear. Of other sources all is fetched. */
import { readRiff } from '@wavefleet/audio/probing/headers/riff.ts';
import { readAt } from '@wavefleet/audio/probing/read-at.ts';
import { msSince } from '@wavefleet/platform/log/log.ts';
import type { WorkContext } from '../context.ts';
import { HoleySource } from '../source/holey-source.ts';

/** Headers lie in the first, tags behind the sound in the last. */
const HEAD_BYTES = 256 * 1024;
const TAIL_BYTES = 256 * 1024;
/** More than any look at a source reads of its sound. */
const LOOKED_AT_BYTES = 16 * 1024 ** 2;
/** Of a smaller source all is fetched. */
const LEAST_BYTES = 16 * 1024 ** 2;
/** Sound of fewer bytes a second is coded. */
const LEAST_BYTES_PER_SECOND = 8_000;
const MAGIC_BYTES = 12;
const WAV = /^(RIFF|RF64|BW64).{4}WAVE/s;

/**
 * For one segment: it is compared with what others make, so that little of the source need be there. Undefined for what is
 * small or no WAV; then nothing lies in the folder.
 * @throws as a download does.
 */
export async function openForSegment(context: WorkContext): Promise<HoleySource | undefined> {
  const { sizeBytes } = context.job.inputS3Location;
  if (sizeBytes < LEAST_BYTES) return undefined;
  return await openWav(context, async (source) => {
    await source.fill({ from: sizeBytes - TAIL_BYTES, to: sizeBytes });
    return true;
  });
}

/**
 * For a whole job, where its result is likely to be made in segments that are kept. All that a look at the source reads is
 * there. Undefined where that is not so; then nothing lies in the folder.
 * @throws as a download does.
 */
export async function openForJob(context: WorkContext): Promise<HoleySource | undefined> {
  const { job, platform, log } = context;
  const { bucket, key, sizeBytes } = job.inputS3Location;
  const { FLEET_SPLIT_MIN_SECONDS: leastSeconds, SPLIT_LONG_FILES, ...config } = platform.config;
  if (leastSeconds === 0 || !SPLIT_LONG_FILES || job.options.splitByChapter === true) return undefined;
  const least = Math.max(LEAST_BYTES * 2, leastSeconds * LEAST_BYTES_PER_SECOND);
  if (sizeBytes < least || sizeBytes > config.MAX_RESUMABLE_UPLOAD_BYTES) return undefined;
  const startedAtMs = performance.now();
  return await openWav(context, async (source, start) => {
    const { bytesPerSecond, isAverage, dataAt, declaredBytes } =
      (await readRiff(source.file, start, sizeBytes)) ?? {};
    if (bytesPerSecond === undefined || isAverage === true || dataAt === undefined) return false;
    const endAt = Math.min(sizeBytes, dataAt + (declaredBytes ?? sizeBytes));
    const isLong = endAt - dataAt >= leastSeconds * bytesPerSecond;
    if (!isLong || dataAt > HEAD_BYTES || sizeBytes - endAt > LOOKED_AT_BYTES) return false;
    await source.fillHead(LOOKED_AT_BYTES);
    await source.fill({ from: endAt - TAIL_BYTES, to: sizeBytes });
    log.say('job.input-opened', { bucket, key, sizeBytes, ms: msSince(startedAtMs) });
    return true;
  });
}

/** @param begin as `HoleySource.open` has it, for a WAV whose head is there; gets its first bytes as well. */
async function openWav(
  context: WorkContext,
  begin: (source: HoleySource, start: Buffer) => Promise<boolean>,
): Promise<HoleySource | undefined> {
  await context.workDir.requireRoom(context.folder, context.job.inputS3Location.sizeBytes);
  return await HoleySource.open(context, async (source) => {
    await source.fillHead(HEAD_BYTES);
    const start = await readAt(source.file, 0, MAGIC_BYTES);
    return WAV.test(start.toString('latin1')) && (await begin(source, start));
  });
}
