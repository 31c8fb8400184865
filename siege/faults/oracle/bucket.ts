/** Clause (g): S3 holds nothing that no record names, whoever has stored it. */
import { dropResultKey, fileIdOfUploadKey, outputPrefix } from '@wavefleet/contracts/keys.ts';
import { resources } from '@wavefleet/contracts/resources.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { itemsOf } from '@wavefleet/tests/bring-up/everything-stored.ts';
import { begunUploads } from '@wavefleet/tests/bring-up/stored-uploads.ts';
import { z } from 'zod';

/** What is cleared away is so beside the next job. */
const SETTLE_MS = 5_000;

const place = z.object({ key: z.string() });
/** What of a record names objects; not all in the table of jobs are jobs. */
const namesSchema = z.object({
  inputS3Location: place.optional(),
  cover: z.object({ location: place }).optional(),
  outputS3Location: place.optional(),
  previews: z.object({ source: place.optional(), result: place.optional() }).optional(),
});
const uploadSchema = z.object({ fileId: z.string() });

/**
 * One sentence for objects without a name, one for uploads in parts that were begun and left.
 * @param open jobs that are still at work: what they have stored by then has no name yet.
 */
export async function orphans(platform: Platform, open: readonly string[]): Promise<string[]> {
  const ofNobody = async () =>
    (await unnamed(platform)).filter((key) => !open.some((jobId) => key.startsWith(outputPrefix(jobId))));
  const none = async () => (await ofNobody()).length === 0;
  await until('nothing unnamed', none, SETTLE_MS).catch(() => undefined);
  const left = await ofNobody();
  const begun = open.length > 0 ? [] : await begunUploads(platform);
  return [
    ...(left.length > 0
      ? [`(g) ${left.length} objects that no record names: ${left.slice(0, 3).join(', ')}`]
      : []),
    ...(begun.length > 0 ? [`(g) ${begun.length} uploads in parts were begun and not ended`] : []),
  ];
}

/** Keys of the whole bucket. First the objects, then the records: what is named meanwhile is not taken for nobody's. */
async function unnamed({ aws, config, objects }: Platform): Promise<string[]> {
  const stored = await objects.list('');
  const named = new Set<string | undefined>();
  for await (const item of itemsOf(aws, config.JOBS_TABLE)) {
    const { inputS3Location: input, outputS3Location: output, cover, previews } = namesSchema.parse(item);
    for (const each of [input, output, cover?.location, previews?.source, previews?.result])
      named.add(each?.key);
  }
  const fileIds = new Set<string | undefined>();
  for await (const item of itemsOf(aws, config.UPLOADS_TABLE)) fileIds.add(uploadSchema.parse(item).fileId);
  // What became of a drop is told beside it, also of one that has no job.
  for (const key of stored)
    if (key.startsWith(resources.bucket.prefixes.drops)) named.add(dropResultKey(key));
  return stored.filter((key) => !named.has(key) && !fileIds.has(fileIdOfUploadKey(key) ?? key));
}
