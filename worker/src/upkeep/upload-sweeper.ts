/**
 * Gives up chunked uploads that nobody finished: S3 knows which were begun, so that nothing has to be scanned.
 * Some worker looks once or twice an hour, however many there are; two that look at once do each other no harm.
 */
import { fileIdOfUploadKey } from '@wavefleet/contracts/keys.ts';
import { resources } from '@wavefleet/contracts/resources.ts';
import { every } from '@wavefleet/platform/every.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { BegunUpload } from '@wavefleet/platform/storage/parts.ts';

const HOUR_MS = 3_600_000;
/** The record is a little younger than S3's upload, and a last part may be on its way. */
const MARGIN_MS = 600_000;
/** The first look comes soon, also for fleets that never run for an hour. */
const FIRST_LOOK_WITHIN_MS = 300_000;
/** S3 lists by name, not by age. Beyond this the bucket's own lifecycle rule has to see to it. */
const MAX_PAGES = 20;
/** In one line of the log. */
const KEYS_SHOWN = 20;

/**
 * One pass. @param beforeMs epoch ms: uploads that were begun earlier are given up.
 * @param stopped asked before each upload: true ends the pass.
 * @returns how many were given up.
 */
export async function sweepUploads(
  platform: Platform,
  beforeMs: number,
  stopped: () => boolean = () => false,
): Promise<number> {
  let swept = 0;
  let pages = 0;
  for await (const page of platform.parts.begun(resources.bucket.prefixes.uploads)) {
    const old = page.filter(({ initiatedAtMs }) => initiatedAtMs < beforeMs);
    swept += await giveUpAll(platform, old, stopped);
    pages += 1;
    if (pages === MAX_PAGES || stopped()) break;
  }
  return swept;
}

async function giveUpAll(
  platform: Platform,
  uploads: readonly BegunUpload[],
  stopped: () => boolean,
): Promise<number> {
  const keys: string[] = [];
  for (const upload of uploads) {
    if (stopped()) break;
    try {
      await giveUp(platform, upload);
      keys.push(upload.key);
    } catch (error) {
      platform.log.say('upload.not-given-up', { key: upload.key, err: error });
    }
  }
  if (keys.length > 0) {
    platform.log.say('uploads.given-up', { count: keys.length, keys: keys.slice(0, KEYS_SHOWN) });
  }
  return keys.length;
}

/** The record says it first: then nobody can go on with it. */
async function giveUp({ uploads, parts }: Platform, upload: BegunUpload): Promise<void> {
  const fileId = fileIdOfUploadKey(upload.key);
  if (fileId !== undefined) await uploads.removals.buryUnfinished(fileId);
  await parts.abort(upload);
  if (fileId !== undefined) await uploads.removals.forget(fileId);
}

/** Looks within five minutes, then about hourly. Answers the function that ends it. */
export function startUploadSweeper(platform: Platform): () => Promise<void> {
  const { config, log } = platform;
  const ageMs = config.UPLOAD_EXPIRY_HOURS * HOUR_MS + MARGIN_MS;
  return every(
    { everyMs: HOUR_MS, firstMs: FIRST_LOOK_WITHIN_MS * Math.random() },
    async (signal) => {
      if (!(await platform.duties.take('sweep-uploads', HOUR_MS / 2))) return;
      await sweepUploads(platform, Date.now() - ageMs, () => signal.aborted);
    },
    (error) => log.say('uploads.sweep-failed', { err: error }),
  );
}
