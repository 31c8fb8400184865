/** S3's event notification, as far as we read it (AWS: "Event message structure"), mapped to an own type. */
import { z } from 'zod';

const recordSchema = z.object({
  eventName: z.string().startsWith('ObjectCreated:'),
  s3: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({
      key: z.string(),
      size: z.int().nonnegative().optional(),
      eTag: z.string().optional(),
      versionId: z.string().optional(),
      sequencer: z.string(),
    }),
  }),
});
const notificationSchema = z.object({ Records: z.array(z.unknown()) });
const testEventSchema = z.object({ Event: z.literal('s3:TestEvent') });

/** One object that was put into the bucket. */
export interface CreatedObject {
  readonly bucket: string;
  readonly key: string;
  readonly sizeBytes: number;
  readonly etag: string;
  /** The version id where versioning is on, else the etag: either pins the bytes. */
  readonly version: string;
  readonly sequencer: string;
}

/** The created objects of one message; empty for S3's test event; undefined when it is no S3 notification. */
export function parseS3Event(body: unknown): CreatedObject[] | undefined {
  if (testEventSchema.safeParse(body).success) return [];
  const notification = notificationSchema.safeParse(body);
  if (!notification.success) return undefined;
  return notification.data.Records.flatMap((raw) => {
    const record = recordSchema.safeParse(raw);
    if (!record.success) return [];
    const { bucket, object } = record.data.s3;
    const etag = object.eTag ?? '';
    return {
      bucket: bucket.name,
      // S3 encodes keys as HTML forms do: "+" for a space, percent for the rest. Decoded exactly once.
      key: decodeURIComponent(object.key.replaceAll('+', ' ')),
      sizeBytes: object.size ?? 0,
      etag: `"${etag}"`,
      version: object.versionId ?? etag,
      sequencer: object.sequencer,
    };
  });
}
