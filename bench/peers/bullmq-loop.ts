/** A worker on BullMQ, as its README has it, with `concurrency` for what runs in parallel. */
import { S3Client } from '@aws-sdk/client-s3';
import { Worker } from 'bullmq';
import { convertObject } from './convert-object.ts';
import { orderSchema, slotsSchema } from './orders.ts';

const { QUEUE_NAME = '', REDIS_URL = '', S3_BUCKET = '', SLOTS } = process.env;
const s3 = new S3Client({ forcePathStyle: true });
const worker = new Worker(
  QUEUE_NAME,
  async ({ data }) => {
    await convertObject(s3, S3_BUCKET, orderSchema.parse(data));
  },
  { connection: { url: REDIS_URL }, concurrency: slotsSchema.parse(SLOTS) },
);
worker.on('error', (error) => console.error(error));
await worker.waitUntilReady();
process.send?.({ ready: true });
process.once('SIGTERM', () => process.exit(0));
process.once('disconnect', () => process.exit(0));
