/**
 * Records and messages as one version of the contracts wrote them, kept as files: what today's processes must be able
 * to read as long as such records may be stored. `write-fixture.ts` makes a new file; old ones are never changed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { ABILITY } from '@wavefleet/contracts/needs.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { z } from 'zod';

const item = z.record(z.string(), z.unknown());
const fixtureSchema = z.object({
  /** Where it was written: the bucket's name then. */
  bucket: z.string(),
  jobs: z.array(item.and(z.object({ jobId: z.string() }))),
  /** Sets are written as lists. */
  uploads: z.array(
    item.and(
      z.object({
        fileId: z.string(),
        jobs: z.array(z.string()).optional(),
        parts: z.array(z.int()).optional(),
      }),
    ),
  ),
  progress: z.array(item),
  /** Bodies of SQS messages. */
  messages: z.array(z.string()),
});
export type Fixture = z.infer<typeof fixtureSchema>;

/** Every version whose records may still be stored, the oldest first. */
export const versions = [
  '2026-11-before-needs',
  '2026-11-needs-1',
  '2026-11-progress-notes',
  '2026-11-trouble-counts',
  '2026-11-segments',
] as const;

/** Reads one, as if it had been written for this bucket. */
export function readFixture(version: (typeof versions)[number], bucket: string): Fixture {
  const text = readFileSync(join(import.meta.dirname, 'records', `${version}.json`), 'utf8');
  const { bucket: then } = fixtureSchema.parse(JSON.parse(text));
  return fixtureSchema.parse(JSON.parse(text.replaceAll(`"${then}"`, JSON.stringify(bucket))));
}

/**
 * The same records as a version might write them that has learnt a format, an option, a stage and a kind of news which
 * this one has never heard of.
 */
export function fromTheFuture(fixture: Fixture): Fixture {
  const change = (job: Fixture['jobs'][number]): Fixture['jobs'][number] => ({
    ...job,
    needs: ABILITY + 1,
    format: 'hologram',
    quality: 'vivid',
    options: { antigravity: true },
    depth: { floors: 3 },
    ...(job.timings === undefined ? {} : { timings: { ...item.parse(job.timings), levitate: 3 } }),
    ...(job.status === 'processing'
      ? {
          pendingEvents: [
            {
              eventId: `${job.jobId}:1:levitated`,
              kind: 'levitated',
              time: new Date().toISOString(),
              height: 2,
            },
          ],
        }
      : {}),
  });
  return { ...fixture, jobs: fixture.jobs.map(change) };
}

/** Puts the records into the tables, past everything that checks them. */
export async function store(
  { aws, config }: Platform,
  fixture: Pick<Fixture, 'jobs' | 'uploads' | 'progress'>,
) {
  const dynamo = DynamoDBDocumentClient.from(aws.dynamo);
  const put = (TableName: string, Item: Record<string, unknown>) =>
    dynamo.send(new PutCommand({ TableName, Item }));
  const ttl = Math.floor(Date.now() / 1000) + 86_400;
  for (const job of fixture.jobs) await put(config.JOBS_TABLE, { ...job, ttl });
  for (const { jobs, parts, ...upload } of fixture.uploads) {
    await put(config.UPLOADS_TABLE, {
      ...upload,
      ...('expiresAt' in upload ? { expiresAt: new Date((ttl - 3_600) * 1000).toISOString() } : {}),
      ...(jobs === undefined ? {} : { jobs: new Set(jobs) }),
      ...(parts === undefined ? {} : { parts: new Set(parts) }),
    });
  }
  for (const report of fixture.progress) await put(config.PROGRESS_TABLE, report);
}

/** Puts a file where the record says that an upload lies; the record then names what is there. A drop would be taken in anew. */
export async function giveSource({ objects }: Platform, job: Fixture['jobs'][number], bytes: Buffer) {
  if (!('fileId' in item.parse(job.source))) return job;
  const { key } = z.object({ key: z.string() }).parse(job.inputS3Location);
  const { etag } = await objects.putBytes(key, bytes, 'audio/wav');
  return { ...job, inputS3Location: { bucket: objects.bucket, key, sizeBytes: bytes.length, etag } };
}
