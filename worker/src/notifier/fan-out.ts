/** From the end of a job to one notice for each who wants it, however often EventBridge tells of it. */
import { eventSchema, type JobEvent } from '@wavefleet/contracts/events.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { wantsEmail } from '@wavefleet/contracts/mails.ts';
import { webhookEvents } from '@wavefleet/contracts/webhooks.ts';
import { derivedJobId } from '@wavefleet/platform/jobs/ids.ts';
import { isAccount } from '@wavefleet/platform/people/accounts.ts';
import { emailProblem } from '@wavefleet/platform/people/emailing.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { z } from 'zod';

/** What EventBridge puts around an event. */
const envelopeSchema = z.object({ 'detail-type': z.string(), detail: eventSchema });

/** Undefined for what is no event of ours. */
export function readEvent(body: unknown): JobEvent | undefined {
  return envelopeSchema.safeParse(body).data?.detail;
}

/**
 * Records come first, wake-ups second: what dies in between is woken by the record's reminder.
 * @throws SDK errors: then the event comes again, and what is there already stays.
 */
export async function fanOut(platform: Platform, event: JobEvent): Promise<void> {
  const type = webhookEvents.find((each) => each === `job.${event.kind}`);
  if (type === undefined) return;
  // Undefined once it was deleted: then its owner knows.
  const job = await platform.jobs.get(event.jobId);
  await toWebhooks(platform, type, event, job?.webhookUrl);
  if (job !== undefined) await toMail(platform, job);
}

/** @param url the job's own address, if it has one. */
async function toWebhooks(
  { webhooks, webhookDeliveries, notices, log }: Platform,
  type: (typeof webhookEvents)[number],
  event: JobEvent,
  url: string | undefined,
): Promise<void> {
  const { eventId: messageId, jobId, ownerId } = event;
  const body = JSON.stringify(messageOf(type, event));
  const endpoints = (await webhooks.list(ownerId)).filter(
    ({ enabled, events }) => enabled && events.includes(type),
  );
  const to = [
    ...endpoints.map(({ id }) => ({ webhookId: id })),
    ...(url === undefined ? [] : [{ webhookId: (await webhooks.ofJobs(ownerId)).id, url }]),
  ];
  for (const each of to) {
    const id = derivedJobId('delivery', messageId, each.webhookId);
    const delivery = { ...each, id, ownerId, messageId, type, jobId, body };
    const { state } = await webhookDeliveries.create(delivery);
    if (state !== 'pending') continue;
    log.say('webhook.queued', { deliveryId: id, webhookId: each.webhookId, jobId });
    await notices.wake(delivery);
  }
}

/** Nobody is told by e-mail what they have done themselves: a job that was cancelled. */
async function toMail(
  { config, accounts, mails, notices, log }: Platform,
  { ownerId, jobId, status, email }: Job,
): Promise<void> {
  if (config.MAIL_FROM === undefined || !isAccount(ownerId)) return;
  if (status !== 'completed' && status !== 'failed') return;
  const account = await accounts.get(ownerId);
  if (account === undefined || emailProblem(account, config) !== undefined) return;
  if (!wantsEmail(account.emailNotices, email)) return;
  const mail = await mails.create({ ownerId, jobId, asked: email }, { waitMs: config.MAIL_GATHER_MS });
  if (mail.state !== 'pending') return;
  log.say('mail.queued', { mailId: mail.id, jobId });
  await notices.wake(mail);
}

/** The body of https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: type, timestamp, data. */
function messageOf(type: string, event: JobEvent): object {
  const { time, jobId, status, fileName, format, errorCode, loudness } = event;
  const links = { self: `/api/jobs/${jobId}`, download: `/api/download?jobId=${jobId}` };
  return { type, timestamp: time, data: { jobId, status, fileName, format, errorCode, loudness, links } };
}
