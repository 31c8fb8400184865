/**
 * The consumer pool: one sqs-consumer per slot with batchSize 1, so that a slow job holds up nobody. Heartbeat,
 * abort and drain are ours, since the library's do not tell the handler that the lease is lost.
 */
import { setTimeout } from 'node:timers/promises';
import type { Message } from '@aws-sdk/client-sqs';
import { jobMessageSchema, MESSAGE_VERSION, messageVersionSchema } from '@wavefleet/contracts/message.ts';
import { queueNameOf } from '@wavefleet/platform/aws/queue-arn.ts';
import { backoffMs } from '@wavefleet/platform/backoff.ts';
import { setAside } from '@wavefleet/platform/jobs/queue.ts';
import type { ResourceMonitor } from '@wavefleet/platform/resources/monitor.ts';
import { Consumer } from 'sqs-consumer';
import type { JobDeps } from '../job/context.ts';
import { DONE, type Outcome } from '../job/outcome.ts';
import { type RunningJob, runJob } from '../job/run-job.ts';
import type { DependencyGate } from './dependency-gate.ts';
import { pacedPolling } from './paced-polling.ts';
import { parseJson } from './parse-json.ts';

/** After an unforeseen error the message rests this long before anybody tries it again. */
const REST_MS = 5_000;
/** After a job that failed by what may be this machine's fault. */
const TROUBLE = { firstMs: 1_000, maxMs: 20_000 };

export class JobConsumers {
  readonly #deps: JobDeps;
  readonly #onJob: () => () => void;
  readonly #resources: Pick<ResourceMonitor, 'exhausted' | 'untilWell'>;
  readonly #gate: Pick<DependencyGate, 'isOpen' | 'untilOpen' | 'suspect'>;
  readonly #consumers: Consumer[];
  readonly #queue: string;
  readonly #running = new Set<RunningJob>();
  readonly #draining = new AbortController();
  /** Transient failures since the last job that went well. */
  #troubles = 0;

  /**
   * @param onJob called when a job begins; what it answers is called when that job has ended. Neither may throw.
   * @param resources while one is exhausted, nothing is received; jobs at work go on.
   * @param gate while it is shut, the same.
   */
  constructor(
    deps: JobDeps,
    onJob: () => () => void,
    resources: Pick<ResourceMonitor, 'exhausted' | 'untilWell'>,
    gate: Pick<DependencyGate, 'isOpen' | 'untilOpen' | 'suspect'>,
  ) {
    this.#deps = deps;
    this.#onJob = onJob;
    this.#resources = resources;
    this.#gate = gate;
    const { config, aws, log } = deps.platform;
    this.#queue = queueNameOf(config.JOBS_QUEUE_URL);
    this.#consumers = Array.from({ length: config.WORKER_CONCURRENCY }, () =>
      pacedPolling(
        Consumer.create({
          queueUrl: config.JOBS_QUEUE_URL,
          sqs: aws.sqsPoll,
          batchSize: 1,
          visibilityTimeout: config.VISIBILITY_TIMEOUT_MS / 1000,
          waitTimeSeconds: config.POLL_WAIT_SECONDS,
          messageSystemAttributeNames: ['ApproximateReceiveCount'],
          // `stop` waits for the outstanding poll, whose late message must be handed back.
          pollingCompleteWaitTimeMs: (config.POLL_WAIT_SECONDS + 10) * 1000 + config.DRAIN_TIMEOUT_MS,
          strictReturn: true,
          preReceiveMessageCallback: () => this.#untilReady(this.#draining.signal),
          handleMessage: (message) => this.#handle(message),
        }).on('message_processed', (message) => this.#deleted(message)),
        log,
      ),
    );
  }

  /** The jobs at work. */
  get jobIds(): string[] {
    return [...this.#running].map(({ jobId }) => jobId);
  }

  start(): void {
    for (const consumer of this.#consumers) consumer.start();
  }

  /**
   * Drains: no new job begins; jobs that end within the drain timeout are finished, the others are handed back
   * at once. Resolves when every consumer is idle.
   */
  async stop(): Promise<void> {
    const { DRAIN_TIMEOUT_MS } = this.#deps.platform.config;
    const idle = this.#consumers.map(
      (consumer) => new Promise<void>((resolve) => consumer.once('stopped', () => resolve())),
    );
    // Never with {abort: true}: that would also stop deletes and releases of jobs in flight.
    for (const consumer of this.#consumers) consumer.stop();
    this.#draining.abort();
    const { finishing = [], handedBack = [] } = Object.groupBy(
      this.#running,
      ({ progress: { secondsLeft } }) =>
        secondsLeft !== null && secondsLeft * 1000 < DRAIN_TIMEOUT_MS ? 'finishing' : 'handedBack',
    );
    this.#deps.platform.log.say('worker.draining', {
      running: this.#running.size,
      finishing: finishing.map(({ jobId }) => jobId),
      handedBack: handedBack.map(({ jobId }) => jobId),
    });
    for (const { lease } of handedBack) lease.abort('shutdown');
    const deadline = globalThis.setTimeout(() => this.#abortAll(), DRAIN_TIMEOUT_MS);
    await Promise.all(idle);
    clearTimeout(deadline);
  }

  get #stopping(): boolean {
    return this.#draining.signal.aborted;
  }

  /** A claim that was under way when the drain began is handed back like the others. */
  #enlist(job: RunningJob): () => void {
    this.#running.add(job);
    if (this.#stopping) job.lease.abort('shutdown');
    const ended = this.#onJob();
    return () => {
      this.#running.delete(job);
      ended();
    };
  }

  #abortAll(): void {
    const handedBack = [...this.#running].map(({ jobId }) => jobId);
    if (handedBack.length > 0) this.#deps.platform.log.say('worker.drain-over', { handedBack });
    for (const { lease } of this.#running) lease.abort('shutdown');
  }

  /** @throws the signal's AbortError. */
  async #untilReady(signal: AbortSignal): Promise<void> {
    await this.#resources.untilWell(signal);
    await this.#gate.untilOpen(signal);
  }

  /** Answers the message to have it deleted, undefined to leave it on the queue. */
  async #handle(message: Message): Promise<Message | undefined> {
    const { platform } = this.#deps;
    const outcome = await this.#outcomeOf(message);
    if (outcome.kind === 'done') {
      this.#troubles = 0;
      return message;
    }
    const told = { jobId: jobOf(message), queue: this.#queue };
    await platform.queue.hide(message.ReceiptHandle ?? '', outcome.ms).then(
      () => platform.log.say('message.hidden', { ...told, hiddenMs: outcome.ms }),
      (error: unknown) => platform.log.say('message.not-hidden', { ...told, err: error }),
    );
    if (outcome.trouble === true) await this.#rest();
    return undefined;
  }

  #deleted(message: Message): void {
    const { log } = this.#deps.platform;
    log.say('message.deleted', {
      jobId: jobOf(message),
      queue: this.#queue,
      receives: receivesOf(message),
    });
  }

  /** A machine with a full disk fails jobs in no time, and so would take most of them: it slows down instead. */
  async #rest(): Promise<void> {
    this.#gate.suspect();
    this.#troubles += 1;
    const ms = backoffMs(this.#troubles, TROUBLE);
    if (!this.#stopping) await setTimeout(ms, undefined, { ref: false });
  }

  async #outcomeOf(message: Message): Promise<Outcome> {
    const { platform } = this.#deps;
    // A poll that was under way when the drain began may still bring a message (sqs-consumer#567).
    if (this.#stopping) return { kind: 'hide', ms: 0 };
    // The same holds for a poll that was under way when something ran out: others may have room for the job.
    if (this.#resources.exhausted.length > 0) return { kind: 'hide', ms: 0 };
    // And when a service went away: the message is back by the time that anybody receives again.
    if (!this.#gate.isOpen) return { kind: 'hide', ms: REST_MS };
    try {
      const parsed = jobMessageSchema.safeParse(parseJson(message.Body));
      if (!parsed.success) return await this.#unreadable(message);
      return await runJob(
        this.#deps,
        {
          message: parsed.data,
          receiptHandle: message.ReceiptHandle ?? '',
          receiveCount: receivesOf(message),
        },
        (job) => this.#enlist(job),
      );
    } catch (error) {
      this.#gate.suspect();
      platform.log.say('message.rests', { jobId: jobOf(message), err: error });
      return { kind: 'hide', ms: REST_MS };
    }
  }

  /** A later version is left for later workers; what nobody can read is put aside, with the reason. */
  async #unreadable(message: Message): Promise<Outcome> {
    const { platform } = this.#deps;
    const version = messageVersionSchema.safeParse(parseJson(message.Body));
    if (version.success && version.data.v > MESSAGE_VERSION) {
      platform.log.say('message.later-version', { version: version.data.v });
      return { kind: 'hide', ms: platform.config.VISIBILITY_TIMEOUT_MS };
    }
    platform.log.say('message.unreadable', {
      messageId: message.MessageId,
      deadLetterQueue: queueNameOf(platform.config.JOBS_DLQ_URL),
    });
    await setAside(platform.aws.sqs, platform.config.JOBS_DLQ_URL, message.Body ?? '', 'not a job message');
    return DONE;
  }
}

/** For the log; undefined for what is no message of ours. */
function jobOf(message: Message): string | undefined {
  return jobMessageSchema.safeParse(parseJson(message.Body)).data?.jobId;
}

/** How often SQS has handed it out. */
function receivesOf(message: Message): number {
  return Number(message.Attributes?.ApproximateReceiveCount ?? 1);
}
