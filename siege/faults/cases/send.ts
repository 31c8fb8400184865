/** Messages that nobody of ours has sent. */
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Rig } from '../rig/rig.ts';

/** Puts one on the queue, past all faults. */
export async function send(rig: Rig, queueUrl: string | undefined, body: string): Promise<void> {
  await rig.platform.aws.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
}
