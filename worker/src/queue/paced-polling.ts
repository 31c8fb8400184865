/** Keeps a consumer from hammering a queue that does not answer: sqs-consumer has no backoff of its own. */
import { backoffMs } from '@wavefleet/platform/backoff.ts';
import type { Log } from '@wavefleet/platform/log/log.ts';
import type { Consumer } from 'sqs-consumer';

const PAUSE = { firstMs: 200, maxMs: 5_000 };

/**
 * Doubles the pause between polls with each failure (jittered, up to 5 s) and drops it with the first answer.
 * Also the `error` listener without which a failed call would crash the process.
 */
export function pacedPolling(consumer: Consumer, log: Log): Consumer {
  let failures = 0;
  consumer.on('error', (error) => {
    // Held back until it was stopped: no poll was under way, and none comes.
    if (!consumer.status.isRunning) return;
    failures += 1;
    if (failures === 1) log.say('queue.silent', { err: error });
    consumer.updateOption('pollingWaitTimeMs', backoffMs(failures, PAUSE));
  });
  const answered = () => {
    if (failures === 0) return;
    failures = 0;
    log.say('queue.answers');
    consumer.updateOption('pollingWaitTimeMs', 0);
  };
  consumer.on('empty', answered);
  consumer.on('message_received', answered);
  consumer.on('processing_error', (error) => log.say('message.handler-failed', { err: error }));
  return consumer;
}
