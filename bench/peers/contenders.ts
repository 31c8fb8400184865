/** Who does the work: the fleet, and three loops as users write them, each in a process of its own. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { CreateQueueCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { Child } from '@wavefleet/localstack/child.ts';
import type { Clients } from '@wavefleet/localstack/provision/clients.ts';
import { Queue, QueueEvents } from 'bullmq';
import { runJobs } from '../run-jobs.ts';
import type { ScratchFleet } from '../scratch-fleet.ts';
import { doneSchema, type Order } from './orders.ts';

/** One file, where each of them looks for it. */
export interface Source {
  readonly fileId: string;
  readonly key: string;
  readonly path: string;
}

export interface Contender {
  readonly name: string;
  /** Its own processes. Those that all use, the services and the bench, are not among them. */
  readonly pids: readonly number[];
  /** Converts the source that many times, to MP3 of 192 kbit/s; resolves when the last one is done. */
  run(source: Source, count: number): Promise<void>;
  stop(): Promise<void>;
}

/** Most entries that SQS takes in one request. */
const BATCH = 10;
const QUEUE_NAME = 'peers';

/** @param slots conversions at once of each loop. @param clients of the services that the fleet uses. */
export async function startContenders(
  { fleet, client, dir }: ScratchFleet,
  clients: Pick<Clients, 'sqs'>,
  slots: number,
): Promise<[Contender, ...Contender[]]> {
  const { QueueUrl: queueUrl = '' } = await clients.sqs.send(
    new CreateQueueCommand({ QueueName: QUEUE_NAME }),
  );
  const start = async (name: string) => {
    const env = { ...fleet.env, SLOTS: String(slots), QUEUE_URL: queueUrl, QUEUE_NAME };
    const logFile = join(fleet.logDir, `${name}.log`);
    const child = new Child({ name, entry: join(import.meta.dirname, `${name}.ts`), env, logFile });
    await child.ready;
    return child;
  };
  const sqs = await start('sqs-loop');
  const probe = await start('probe-loop');
  const bullmq = await start('bullmq-loop');
  const connection = { url: fleet.env.REDIS_URL ?? '' };
  const [queue, events] = [
    new Queue(QUEUE_NAME, { connection }),
    new QueueEvents(QUEUE_NAME, { connection }),
  ];
  // Each job that is waited for listens to both.
  for (const emitter of [queue, events]) emitter.setMaxListeners(0);
  await events.waitUntilReady();
  return [
    {
      name: 'wavefleet',
      pids: [fleet.api.pid, ...fleet.workers.map(({ pid }) => pid)],
      run: ({ fileId }, count) => runJobs(client, count, { fileId, format: 'mp3', quality: '192k' }),
      stop: async () => undefined,
    },
    {
      name: 'sqs-consumer',
      pids: [sqs.pid],
      async run({ key }, count) {
        const orders = ordersOf(key, count, (id) => `peers/${id}.mp3`);
        const done = allDone(sqs, orders);
        for (let at = 0; at < orders.length; at += BATCH) {
          const entries = orders.slice(at, at + BATCH).map((order, index) => ({
            Id: String(index),
            MessageBody: JSON.stringify(order),
          }));
          await clients.sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }));
        }
        await done;
      },
      stop: async () => void (await sqs.stop()),
    },
    {
      name: 'bullmq',
      pids: [bullmq.pid],
      async run({ key }, count) {
        const orders = ordersOf(key, count, (id) => `peers/${id}.mp3`);
        const jobs = await queue.addBulk(orders.map((data) => ({ name: 'convert', data })));
        await Promise.all(jobs.map((job) => job.waitUntilFinished(events)));
      },
      async stop() {
        await Promise.all([queue.close(), events.close()]);
        await bullmq.stop();
      },
    },
    {
      name: 'probe-loop',
      pids: [probe.pid],
      async run({ path }, count) {
        const orders = ordersOf(path, count, (id) => join(dir, `${id}.mp3`));
        const done = allDone(probe, orders);
        probe.process.send(orders);
        await done;
      },
      stop: async () => void (await probe.stop()),
    },
  ];
}

function ordersOf(input: string, count: number, outputOf: (id: string) => string): Order[] {
  return Array.from({ length: count }, () => ({ input, output: outputOf(randomUUID()) }));
}

/** @throws Error when the loop ends before. */
async function allDone(loop: Child, orders: readonly Order[]): Promise<void> {
  const open = new Set(orders.map(({ output }) => output));
  await new Promise<void>((resolve, reject) => {
    const listen = (message: unknown) => {
      open.delete(doneSchema.parse(message).done);
      if (open.size > 0) return;
      loop.process.off('message', listen);
      resolve();
    };
    loop.process.on('message', listen);
    void loop.ended.then((how) => reject(new Error(`${loop.name} ended (${how}) with ${open.size} open`)));
  });
}
