/** A worker on sqs-consumer, as its README has it: one consumer, and `batchSize` for what runs in parallel. */
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { Consumer } from 'sqs-consumer';
import { convertObject } from './convert-object.ts';
import { orderSchema, slotsSchema } from './orders.ts';

const { QUEUE_URL = '', S3_BUCKET = '', SLOTS } = process.env;
const s3 = new S3Client({ forcePathStyle: true });
const consumer = Consumer.create({
  queueUrl: QUEUE_URL,
  sqs: new SQSClient({ useQueueUrlAsEndpoint: false }),
  batchSize: slotsSchema.parse(SLOTS),
  handleMessage: async (message) => {
    const order = orderSchema.parse(JSON.parse(message.Body ?? ''));
    await convertObject(s3, S3_BUCKET, order);
    process.send?.({ done: order.output });
    return message;
  },
});
consumer.on('error', (error) => console.error(error));
consumer.on('processing_error', (error) => console.error(error));
consumer.start();
process.send?.({ ready: true });
process.once('SIGTERM', () => process.exit(0));
process.once('disconnect', () => process.exit(0));
