/** What fauxqs' SQS does unlike AWS and our code would trip over, mended by one hook before its handlers. */
import { z } from 'zod';
import type { Fauxqs, SqsQueue } from './fauxqs.ts';

const LONGEST_WAIT_SECONDS = 20;

const receiveBody = z.looseObject({
  QueueUrl: z.string(),
  WaitTimeSeconds: z.number().min(0).max(LONGEST_WAIT_SECONDS).optional(),
});

/**
 * - Long polls: fauxqs lets the poll of a killed client take the next message, which is then gone for the whole
 *   visibility timeout, and answers the loser of two polls empty at once. Here a poll ends with its connection
 *   and waits its full time.
 * - Counts and expired receipts: timers are run before every call, not only when someone receives.
 */
export function mendSqs({ app, sqs, receiveMessage }: Fauxqs): void {
  app.addHook('preHandler', async (request, reply) => {
    const target = request.headers['x-amz-target'];
    if (typeof target !== 'string' || !target.startsWith('AmazonSQS.')) return;
    sqs.processAllTimers();
    if (target !== 'AmazonSQS.ReceiveMessage') return;
    const body = receiveBody.safeParse(request.body);
    const queue = body.success ? sqs.getQueue(body.data.QueueUrl) : undefined;
    // fauxqs' own handler reports what is wrong with it.
    if (!body.success || queue === undefined) return;

    let gone = false;
    let stopWaiting = (): void => {};
    const received: string[] = [];
    reply.raw.once('close', () => {
      gone = true;
      stopWaiting();
      if (!reply.raw.writableFinished) for (const handle of received) giveBack(queue, handle);
    });

    const seconds =
      body.data.WaitTimeSeconds ?? Number(queue.getAttribute('ReceiveMessageWaitTimeSeconds') ?? 0);
    const deadline = performance.now() + seconds * 1000;
    while (!gone) {
      const answer = await receiveMessage({ ...body.data, WaitTimeSeconds: 0 }, sqs);
      for (const message of answer.Messages ?? []) received.push(message.ReceiptHandle);
      const left = deadline - performance.now();
      if (received.length > 0 || left <= 0 || sqs.getQueue(queue.url) !== queue || closing) {
        return reply.header('content-type', 'application/x-amz-json-1.0').send(answer);
      }
      const waiting = queue.waitForMessages(left / 1000);
      const waiter = queue.pollWaiters.at(-1);
      stopWaiting = () => {
        queue.pollWaiters = queue.pollWaiters.filter((other) => other !== waiter);
        clearTimeout(waiter?.timer);
        waiter?.resolve();
      };
      await waiting;
    }
    return reply.hijack();
  });

  // fauxqs wakes every poll on close; ours must then answer and not wait again.
  let closing = false;
  app.addHook('preClose', (done) => {
    closing = true;
    sqs.shutdown();
    done();
  });
}

/** The client never saw the message: it is visible again at once and this receive does not count. */
function giveBack(queue: SqsQueue, receiptHandle: string): void {
  const entry = queue.inflightMessages.get(receiptHandle);
  if (entry === undefined) return;
  entry.message.approximateReceiveCount--;
  queue.changeVisibility(receiptHandle, 0);
}
