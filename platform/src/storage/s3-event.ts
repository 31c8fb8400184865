/**
 * Notifications of created objects, mapped to an own type: S3's own records, as AWS writes them and as others do (MinIO
 * writes `s3:` in front of event names and encodes slashes), an event of S3 from EventBridge, and either of them in the
 * envelope of SNS.
 *
 * Sources: AWS "Event message structure" (S3 to SQS, keys encoded as in a form), AWS "EventBridge event structure" (keys
 * as they are), AWS "Amazon SNS message formats".
 */

import { z } from 'zod';
import { parseJson } from '../parse-json.ts';

/** One object that was put into the bucket. */
export interface CreatedObject {
  readonly bucket: string;
  readonly key: string;
  /** Undefined where the notification does not say, as with the next one. */
  readonly sizeBytes: number | undefined;
  readonly etag: string | undefined;
  /** The version id where versioning is on, else the etag: either pins the bytes. */
  readonly version: string;
  /** Empty where the store makes none. */
  readonly sequencer: string;
  /** ISO time. Empty where the notification does not say. */
  readonly eventTime: string;
}

/** What a message tells. */
export interface Notification {
  readonly created: readonly CreatedObject[];
  /** What could not be read of it, each with its reason. What can be read and tells of no new object is not here. */
  readonly unreadable: readonly string[];
}

/** Left out, empty and null are the same: all three are met. */
const said = z
  .string()
  .nullish()
  .transform((text) => text ?? '');
const size = z.int().nonnegative().nullish();
const bucket = z.object({ name: z.string() });

const recordSchema = z.object({
  eventName: z.string(),
  eventTime: said,
  s3: z.object({
    bucket,
    object: z.object({ key: z.string(), size, eTag: said, versionId: said, sequencer: said }),
  }),
});
const eventSchema = z.object({
  source: z.literal('aws.s3'),
  'detail-type': z.string(),
  time: said,
  detail: z.object({
    bucket,
    object: z.object({ key: z.string(), size, etag: said, 'version-id': said, sequencer: said }),
  }),
});
const messageSchema = z.union([
  z.object({ Event: z.literal('s3:TestEvent') }).transform(() => ({ kind: 'test' as const })),
  z.object({ Records: z.array(z.unknown()) }).transform(({ Records }) => ({ kind: 's3' as const, Records })),
  z.object({ Type: z.literal('Notification'), Message: z.string() }).transform(({ Message }) => ({
    kind: 'sns' as const,
    Message,
  })),
  eventSchema.transform((event) => ({ kind: 'bridge' as const, event })),
]);

/** Reads the body of a message. Never throws. */
export function readNotification(body: unknown): Notification {
  const message = messageSchema.safeParse(body);
  if (!message.success) return { created: [], unreadable: ['not a notification of S3'] };
  switch (message.data.kind) {
    case 'test':
      return { created: [], unreadable: [] };
    case 'sns':
      return readNotification(parseJson(message.data.Message));
    case 'bridge':
      return readEvent(message.data.event);
    case 's3': {
      const read = message.data.Records.map(readRecord);
      return {
        created: read.flatMap(({ created }) => created),
        unreadable: read.flatMap(({ unreadable }, at) => unreadable.map((why) => `record ${at + 1}: ${why}`)),
      };
    }
  }
}

function readRecord(raw: unknown): Notification {
  const record = recordSchema.safeParse(raw);
  if (!record.success) return { created: [], unreadable: ['not a record of S3'] };
  const { eventName, eventTime, s3 } = record.data;
  if (!/^(s3:)?ObjectCreated:/.test(eventName)) return { created: [], unreadable: [] };
  const { key, size, eTag, versionId, sequencer } = s3.object;
  return found(decodedKey(key), {
    bucket: s3.bucket.name,
    size,
    etag: eTag,
    versionId,
    sequencer,
    eventTime,
  });
}

function readEvent({ 'detail-type': type, time, detail }: z.infer<typeof eventSchema>): Notification {
  if (type !== 'Object Created') return { created: [], unreadable: [] };
  const { key, size, etag, 'version-id': versionId, sequencer } = detail.object;
  return found(key, { bucket: detail.bucket.name, size, etag, versionId, sequencer, eventTime: time });
}

function found(
  key: string | undefined,
  facts: {
    readonly bucket: string;
    readonly size?: number | null | undefined;
    readonly etag: string;
    readonly versionId: string;
    readonly sequencer: string;
    readonly eventTime: string;
  },
): Notification {
  if (key === undefined || !key.isWellFormed()) {
    return { created: [], unreadable: ['the key is not UTF-8 that is encoded as in a form'] };
  }
  const { bucket, size, versionId, sequencer, eventTime } = facts;
  const bare = facts.etag.replaceAll('"', '');
  const object: CreatedObject = {
    bucket,
    key,
    sizeBytes: size ?? undefined,
    etag: bare === '' ? undefined : `"${bare}"`,
    version: versionId || bare,
    sequencer,
    eventTime,
  };
  return { created: [object], unreadable: [] };
}

/** "+" for a space, percent for the rest. Decoded exactly once. */
function decodedKey(key: string): string | undefined {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
