/**
 * What has lived its time goes. Jobs: everywhere, found by the index that finds orphans, so that nothing is scanned;
 * DynamoDB's time to live is the net below, days later. Objects: on AWS the bucket's own lifecycle rules take them; no
 * emulator does, so there a worker goes by the same rules. Two workers that look at once do each other no harm.
 */
import { fileIdOfUploadKey } from '@wavefleet/contracts/keys.ts';
import { resources } from '@wavefleet/contracts/resources.ts';
import { environmentOf } from '@wavefleet/platform/config.ts';
import { every } from '@wavefleet/platform/every.ts';
import { freeStorage, releaseUpload } from '@wavefleet/platform/jobs/free-storage.ts';
import { type DueJob, shuffledShards } from '@wavefleet/platform/jobs/store.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** How often each worker looks whether it is its turn to look for jobs that have expired: one in half that time. */
const JOBS_EVERY_MS = 10 * MINUTE_MS;
/** The first looks come soon, also for fleets that never run for an hour. */
const FIRST_LOOK_WITHIN_MS = 5 * MINUTE_MS;
/** An expired job belongs to the worker that took it for this long; then another one tries. */
const TAKEN_FOR_MS = 10 * MINUTE_MS;
const PAGE = 100;

/**
 * One pass: jobs whose time is over at `now` (epoch ms) go, with their results, and with their upload when no other
 * job reads it; those that ended some days ago let go of their upload.
 * @param stopped asked before each job: true ends the pass.
 * @returns how many went.
 */
export async function expireJobs(
  platform: Platform,
  now = Date.now(),
  stopped: () => boolean = () => false,
): Promise<number> {
  let expired = 0;
  for (const shard of shuffledShards('expiries')) {
    for (let more = true; more; ) {
      const due = await platform.jobs.due(shard, now, PAGE);
      more = due.length === PAGE;
      for (const each of due) {
        if (stopped()) return expired;
        const what = await expireJob(platform, each, now);
        if (what === 'job') expired += 1;
        // Somebody else is at this shard, or a service does not answer.
        if (what === undefined) more = false;
      }
    }
  }
  return expired;
}

/**
 * Answers what went: the job, or its hold on the upload, for which there is no time left either. Undefined when another
 * worker was faster, or something failed.
 */
async function expireJob(
  platform: Platform,
  { jobId, dueAt }: DueJob,
  now: number,
): Promise<'job' | 'hold' | undefined> {
  const { reminders, jobs, log } = platform;
  try {
    const job = await reminders.take(jobId, dueAt, now + TAKEN_FOR_MS);
    if (job === undefined) return undefined;
    const expiresAt = job.ttl * 1000;
    if (expiresAt > now) {
      await releaseUpload(platform, job);
      await reminders.take(jobId, now + TAKEN_FOR_MS, expiresAt);
      return 'hold';
    }
    const objects = await freeStorage(platform, job);
    // Last, so that a pass that was broken off is repeated.
    await jobs.remove(jobId);
    log.say('job.expired', { jobId, status: job.status, objects });
    return 'job';
  } catch (error) {
    log.say('job.not-expired', { err: error, jobId });
    return undefined;
  }
}

/**
 * One pass: objects older than their prefix's lifecycle rule says at `now` (epoch ms) go, and with uploads their
 * records.
 * @param stopped asked before each page: true ends the pass.
 * @returns how many went.
 */
export async function expireObjects(
  { objects, uploads, log }: Platform,
  now: number,
  stopped: () => boolean = () => false,
): Promise<number> {
  let expired = 0;
  for (const { prefix, expireDays } of resources.bucket.lifecycle) {
    for await (const page of objects.pages(prefix)) {
      if (stopped()) return expired;
      const keys: string[] = [];
      for (const { key, storedAtMs } of page) {
        if (storedAtMs > now - expireDays * DAY_MS) continue;
        const fileId = fileIdOfUploadKey(key);
        if (fileId === undefined || (await uploads.removals.removeExpired(fileId, now))) keys.push(key);
      }
      try {
        await objects.remove(keys);
      } catch (error) {
        // What S3 keeps must not keep what comes after it. The next pass finds it again.
        log.say('expiry.failed', { err: error });
        continue;
      }
      for (const key of keys) log.say('object.expired', { bucket: objects.bucket, key, expireDays });
      expired += keys.length;
    }
  }
  return expired;
}

/** Looks within five minutes, then every ten minutes for jobs and hourly for objects. Answers the function that ends it. */
export function startExpiry(platform: Platform): () => Promise<void> {
  const firstMs = FIRST_LOOK_WITHIN_MS * Math.random();
  const failed = (error: unknown) => platform.log.say('expiry.failed', { err: error });
  const stopJobs = every(
    { everyMs: JOBS_EVERY_MS, firstMs },
    async (signal) => {
      if (!(await platform.duties.take('expire-jobs', JOBS_EVERY_MS / 2))) return;
      await expireJobs(platform, Date.now(), () => signal.aborted);
    },
    failed,
  );
  if (environmentOf(platform.config) === 'aws') return stopJobs;
  const stopObjects = every(
    { everyMs: HOUR_MS, firstMs },
    (signal) => expireObjects(platform, Date.now(), () => signal.aborted),
    failed,
  );
  return async () => {
    await Promise.all([stopJobs(), stopObjects()]);
  };
}
