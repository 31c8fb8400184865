/**
 * Webhooks: who is told of the end of jobs, what was sent, and what bodies of requests look like. Messages and their
 * signatures are those of https://www.standardwebhooks.com.
 */
import { z } from 'zod';
import { jobIdSchema } from './job.ts';
import type { terminalStatuses } from './states.ts';

/** Endpoints of one owner at a time. */
export const MAX_WEBHOOKS = 10;
/** Longer addresses are cut off by servers on the way. */
const LONGEST_URL = 2_000;

/** What an endpoint may be told of; one word a state in which jobs end. */
export const webhookEvents = [
  'job.completed',
  'job.failed',
  'job.cancelled',
] as const satisfies readonly `job.${(typeof terminalStatuses)[number]}`[];
/** What a delivery is of. Tests are asked for, and go to any endpoint. */
const deliveryTypeSchema = z.enum([...webhookEvents, 'webhook.test']);

/** An address as it is asked for. Where it may lead is checked besides. */
export const webhookUrlSchema = z.string().min(1).max(LONGEST_URL);
const eventsSchema = z.array(z.enum(webhookEvents)).min(1).max(webhookEvents.length);

export const webhookBodySchema = z.strictObject({
  /** `https`, on its usual port, and of a public address, unless whoever runs this service allows others. */
  url: webhookUrlSchema,
  events: eventsSchema.default([...webhookEvents]),
  /** A switched-off endpoint is told nothing, and of what it missed nothing later. */
  enabled: z.boolean().default(true),
});
/** What an endpoint is asked to be, when it is made and when it is changed. */
export type WebhookBody = z.input<typeof webhookBodySchema>;
/** The same with nothing left out. */
export type WebhookSettings = z.output<typeof webhookBodySchema>;

export const webhookViewSchema = z.object({
  webhookId: z.uuid(),
  url: z.string(),
  events: z.array(z.string()),
  enabled: z.boolean(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type WebhookView = z.infer<typeof webhookViewSchema>;

/** `whsec_` and 32 random bytes in base64: what a verifier of Standard Webhooks takes. */
const secretSchema = z.string();
/** With the secret, which is not told again. */
export const newWebhookSchema = webhookViewSchema.extend({ secret: secretSchema });
export type NewWebhook = z.infer<typeof newWebhookSchema>;

export const webhookListSchema = z.object({ webhooks: z.array(webhookViewSchema) });

export const newSecretSchema = z.object({
  secret: secretSchema,
  /** Until then messages carry a signature by the former secret as well. */
  formerWorksUntil: z.iso.datetime(),
});
export type NewSecret = z.infer<typeof newSecretSchema>;

/** What signs messages to the addresses of single jobs (`webhookUrl` of a submission). */
export const jobWebhooksSchema = z.object({
  /** For their deliveries, as if all of them were one webhook; and to have another secret. */
  webhookId: z.uuid(),
  secret: secretSchema,
  /** Until then messages carry a signature by the former secret as well, if there was one. */
  formerWorksUntil: z.iso.datetime().optional(),
});
export type JobWebhooks = z.infer<typeof jobWebhooksSchema>;

/** One try to hand a message over. */
const attemptSchema = z.object({
  at: z.iso.datetime(),
  ms: z.number().nonnegative(),
  /** What the receiver answered; absent when it did not. */
  status: z.int().optional(),
  /** Why it did not count, in a few words: nothing of the answer's body. */
  problem: z.string().optional(),
});
export type WebhookAttempt = z.infer<typeof attemptSchema>;

/** `pending` is tried again until `giveUpAt`. */
const deliveryStateSchema = z.enum(['pending', 'delivered', 'given-up']);

export const deliveryViewSchema = z.object({
  deliveryId: z.uuid(),
  /** The `webhook-id` of its message: the same however often it comes. */
  messageId: z.string(),
  type: deliveryTypeSchema,
  jobId: jobIdSchema.optional(),
  /** Where it goes, when that is the job's own address. */
  url: z.string().optional(),
  state: deliveryStateSchema,
  createdAt: z.iso.datetime(),
  /** How often it was tried; `attempts` holds the last ones. */
  tries: z.int(),
  attempts: z.array(attemptSchema),
  /** While it is pending. */
  nextAttemptAt: z.iso.datetime().optional(),
  /** What was or is sent, to the byte. */
  body: z.string(),
});
export type DeliveryView = z.infer<typeof deliveryViewSchema>;

export const deliveryListSchema = z.object({
  deliveries: z.array(deliveryViewSchema),
  nextCursor: z.string().nullable(),
});
export type DeliveryList = z.infer<typeof deliveryListSchema>;

/** An endpoint as it is stored. */
export const storedWebhookSchema = z.object({
  id: z.uuid(),
  kind: z.literal('webhook'),
  ownerId: z.string(),
  /** Partition of the index by which an owner's endpoints are listed. */
  listedUnder: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** Empty where each job brings its own: see `ofJobs`. */
  url: z.string(),
  events: z.array(z.string()),
  enabled: z.boolean(),
  /** The one that stands for the addresses of single jobs of its owner: it has their secret, and is in no list. */
  ofJobs: z.literal(true).optional(),
  secret: z.string(),
  /** Of before the last change of the secret, and until when (epoch ms) it signs besides. */
  formerSecret: z.string().optional(),
  formerUntil: z.int().optional(),
});
export type StoredWebhook = z.infer<typeof storedWebhookSchema>;

/** A message for one endpoint, as it is stored: it is the authority on whether it has been delivered. */
export const storedDeliverySchema = z.object({
  id: z.uuid(),
  kind: z.literal('delivery'),
  ownerId: z.string(),
  webhookId: z.uuid(),
  listedUnder: z.string(),
  createdAt: z.iso.datetime(),
  /** Epoch seconds after which DynamoDB may drop the record. */
  ttl: z.int(),
  messageId: z.string(),
  type: deliveryTypeSchema,
  jobId: z.uuid().optional(),
  /** In place of the endpoint's own: the address that the job's submission named. */
  url: z.string().optional(),
  body: z.string(),
  state: deliveryStateSchema,
  tries: z.int(),
  attempts: z.array(attemptSchema),
  /** Epoch ms: not tried before, and not tried again after. */
  notBefore: z.int(),
  giveUpAt: z.int(),
  /** Made up for the last try, by whom it is known whose that is. */
  takenBy: z.string().optional(),
  /** Sparse index, while it is pending: its message must have been seen by then (epoch ms), or was lost. */
  dueShard: z.int().optional(),
  dueAt: z.int().optional(),
});
export type StoredDelivery = z.infer<typeof storedDeliverySchema>;

/** A message of our own on the notices queue: a wake-up for one delivery. */
export const deliveryMessageSchema = z.object({
  v: z.literal(1),
  deliveryId: z.uuid(),
  webhookId: z.uuid(),
  ownerId: z.string(),
});
export type DeliveryMessage = z.infer<typeof deliveryMessageSchema>;
