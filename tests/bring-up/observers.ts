/** Looking at a fleet from outside: its events, its processes, its files, its log. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { eventSchema, type JobEvent } from '@wavefleet/contracts/events.ts';
import { z } from 'zod';

export { jobFilesBelow as filesBelow } from '@wavefleet/worker/job/work-dir.ts';

const envelopeSchema = z.object({ 'detail-type': z.string(), detail: eventSchema });

/** Collects what arrives in the events queue. */
export class EventLog {
  readonly #sqs: SQSClient;
  readonly #queueUrl: string;
  readonly events: JobEvent[] = [];

  constructor(sqs: SQSClient, queueUrl: string) {
    this.#sqs = sqs;
    this.#queueUrl = queueUrl;
  }

  /** Reads until the queue has been empty once. */
  async drain(): Promise<JobEvent[]> {
    for (;;) {
      const { Messages = [] } = await this.#sqs.send(
        new ReceiveMessageCommand({ QueueUrl: this.#queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
      );
      if (Messages.length === 0) return this.events;
      for (const { Body, ReceiptHandle } of Messages) {
        this.events.push(envelopeSchema.parse(JSON.parse(Body ?? '')).detail);
        await this.#sqs.send(new DeleteMessageCommand({ QueueUrl: this.#queueUrl, ReceiptHandle }));
      }
    }
  }

  of(jobId: string): JobEvent[] {
    return this.events.filter((event) => event.jobId === jobId);
  }
}

/** Ids of running ffmpeg processes whose working folder lies below `dir`. */
export async function ffmpegsIn(dir: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
      const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
      return cwd.startsWith(dir) && name.startsWith('ff') ? Number(pid) : undefined;
    }),
  );
  return found.filter((pid) => pid !== undefined);
}

/** Log lines (JSON) of a process, parsed loosely. */
export async function logLines(
  file: string,
): Promise<{ msg?: string | undefined; jobId?: string | undefined }[]> {
  const line = z.object({ msg: z.string().optional(), jobId: z.string().optional() });
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((each) => each.startsWith('{'))
    .map((each) => line.parse(JSON.parse(each)));
}
