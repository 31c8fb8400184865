/**
 * One pass over everything of an owner. Each thing goes by itself, record last, so that a pass may break off anywhere:
 * what is left is found again by the indexes. What may still be written to (a conversion whose worker has not heard
 * that it is cancelled, a webhook whose notifier is at it) keeps its record until a later pass, since only by its record
 * is found what was written meanwhile.
 */
import { isOwnedBy, type Job } from '@wavefleet/contracts/job.ts';
import { dropResultKey } from '@wavefleet/contracts/keys.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import type { StoredUpload } from '@wavefleet/contracts/uploads.ts';
import { removeUnusedUpload } from '@wavefleet/platform/jobs/free-storage.ts';
import { usageListOf, usageMonthsOf } from '@wavefleet/platform/jobs/usage.ts';
import { idOfJobs } from '@wavefleet/platform/notices/endpoints.ts';
import type { Erasure } from '@wavefleet/platform/people/erasures.ts';
import { cancelJob } from '../jobs/cancel-job.ts';
import { removeJob } from '../jobs/remove-job.ts';
import { removeUnfinished } from '../uploads/chunked-upload.ts';
import type { EraseDeps } from './deps.ts';

/** What was asked for before, and stored after: a submission takes seconds, a key less. */
const JOB_LATE_MS = 60_000;
const PEOPLE_LATE_MS = 10_000;
const AT_ONCE = 8;

/** What one pass did; `left` is what has to wait for the next. */
export interface Pass {
  readonly jobs: number;
  readonly uploads: number;
  readonly left: number;
}

/**
 * @param stopped asked before each thing: true ends the pass, with what was not looked at as left.
 * @param now epoch ms.
 * @throws SDK errors of the queries. What cannot be deleted is logged and left.
 */
export async function eraseOwner(
  deps: EraseDeps,
  { erases: ownerId, askedAt, watchedUntil }: Erasure,
  stopped: () => boolean,
  now: number,
): Promise<Pass> {
  const madeBy = askedAt + JOB_LATE_MS;
  const each = async (pages: AsyncIterable<string[]>, act: (id: string) => Promise<boolean>) => {
    const sum = { gone: 0, left: 0 };
    for await (const ids of pages) {
      for (let at = 0; at < ids.length; at += AT_ONCE) {
        await Promise.all(
          ids.slice(at, at + AT_ONCE).map(async (id) => {
            const isGone =
              !stopped() && (await act(id).catch((error: unknown) => waits(deps, ownerId, error)));
            if (isGone) sum.gone += 1;
            else sum.left += 1;
          }),
        );
      }
    }
    return sum;
  };
  const { belongings } = deps;
  // First who could make more of it.
  const people = await each(
    belongings.list(ownerId, 'people', { until: askedAt + PEOPLE_LATE_MS }),
    async (id) => {
      await belongings.drop(ownerId, id);
      return true;
    },
  );
  const webhooks = await each(webhooksOf(deps, ownerId, madeBy), (id) => eraseWebhook(deps, id, now));
  await deps.mails.removeAll(ownerId);
  const jobs = await each(belongings.list(ownerId, 'jobs', { until: madeBy }), (id) =>
    eraseJob(deps, ownerId, id, now),
  );
  // A file that was on its way for an hour is stored after an hour.
  const uploads = await each(belongings.list(ownerId, 'uploads', { until: watchedUntil }), (id) =>
    eraseUpload(deps, ownerId, id, madeBy),
  );
  // Last: a job that was just told of has been counted.
  const minutes = await each(ledgerOf(deps, ownerId, { madeBy, now }), async (entry) => {
    const [list = '', id = ''] = entry.split(' ');
    await belongings.drop(list, id);
    return true;
  });
  const left = [people, webhooks, jobs, uploads, minutes].reduce((sum, part) => sum + part.left, 0);
  const pass = { jobs: jobs.gone, uploads: uploads.gone, left };
  deps.log.say('erasure.passed', { ownerId, ...pass });
  return pass;
}

function waits({ log }: EraseDeps, ownerId: string, error: unknown): false {
  log.say('erasure.waits', { ownerId, err: error });
  return false;
}

async function* webhooksOf(
  { webhooks }: EraseDeps,
  ownerId: string,
  until: number,
): AsyncGenerator<string[]> {
  const all = await webhooks.list(ownerId);
  yield all.filter(({ createdAt }) => Date.parse(createdAt) <= until).map(({ id }) => id);
  // In no list: what stands for the addresses of single jobs.
  yield [idOfJobs(ownerId)];
}

/** What was counted for it, as `list id`. */
async function* ledgerOf(
  { belongings }: EraseDeps,
  ownerId: string,
  { madeBy, now }: { readonly madeBy: number; readonly now: number },
): AsyncGenerator<string[]> {
  for (const month of usageMonthsOf(now)) {
    const list = usageListOf(ownerId, month);
    for await (const ids of belongings.list(list, 'people', { until: madeBy }))
      yield ids.map((id) => `${list} ${id}`);
  }
}

/** Off first, so that nothing new is queued; gone once no notifier can be at it any more. */
async function eraseWebhook({ webhooks, webhookDeliveries, config }: EraseDeps, id: string, now: number) {
  const webhook = await webhooks.get(id);
  if (webhook === undefined) return true;
  if (webhook.enabled) await webhooks.change(id, { enabled: false });
  await webhookDeliveries.removeAll(id);
  if (webhook.enabled || Date.parse(webhook.updatedAt) > now - config.VISIBILITY_TIMEOUT_MS) return false;
  await webhooks.remove(id);
  return true;
}

async function eraseJob(deps: EraseDeps, ownerId: string, jobId: string, now: number): Promise<boolean> {
  const { jobs, quotas, config } = deps;
  let job = await jobs.get(jobId);
  if (job === undefined || job.ownerId !== ownerId) return true;
  if (!isTerminal(job.status)) {
    // It may have ended by itself in that very moment.
    job = await cancelJob(deps, jobId);
    if (job === undefined) return true;
  }
  if (!isSettled(job, now, config.VISIBILITY_TIMEOUT_MS)) return false;
  await removeJob(deps, job);
  await eraseDrop(deps, job);
  await quotas.releaseJob(ownerId, jobId);
  if (job.source.kind === 'upload') await quotas.forgetUpload(ownerId, job.source.fileId);
  return true;
}

/** Whether nobody stores anything of it any more: its worker knows of the end, or is gone. */
function isSettled(
  { status, attempt, updatedAt, previewsUntil = 0 }: Job,
  now: number,
  graceMs: number,
): boolean {
  const wasAtWork = status === 'cancelled' && attempt > 0;
  return previewsUntil <= now && !(wasAtWork && Date.parse(updatedAt) > now - graceMs);
}

/** The dropped file and the note of its outcome, unless another file lies there by now. */
async function eraseDrop({ objects }: EraseDeps, { source, ownerId, inputS3Location }: Job): Promise<void> {
  if (source.kind !== 'drop' || !isOwnedBy({ ownerId, source }, ownerId)) return;
  const { key, etag } = inputS3Location;
  const stored = await objects.head(key);
  if (stored !== undefined && stored.etag !== etag) return;
  await objects.remove([key, dropResultKey(key)]);
}

async function eraseUpload(
  deps: EraseDeps,
  ownerId: string,
  fileId: string,
  madeBy: number,
): Promise<boolean> {
  const upload = await deps.uploads.get(fileId);
  if (upload === undefined || upload.ownerId !== ownerId || beginningOf(upload) > madeBy) return true;
  if (upload.state === 'uploading' && (await removeUnfinished(deps, upload))) return true;
  const stored = await deps.uploads.get(fileId);
  if (stored === undefined || stored.state === 'uploading') return stored === undefined;
  // Its jobs are gone, or go: none of them needs it.
  for (const jobId of stored.jobs ?? []) await deps.uploads.ties.unlink(fileId, jobId);
  await removeUnusedUpload(deps, stored);
  await deps.quotas.forgetUpload(ownerId, fileId);
  return (await deps.uploads.get(fileId)) === undefined;
}

function beginningOf(upload: StoredUpload): number {
  return Date.parse((upload.state === 'complete' ? upload.begunAt : undefined) ?? upload.createdAt);
}
