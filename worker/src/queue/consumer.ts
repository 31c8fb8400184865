/**
 * The consumer pool: one sqs-consumer per slot with batchSize 1, so that a slow job holds up nobody. Heartbeat,
 * abort and drain are ours, since the library's do not tell the handler that the lease is lost.
 */
import { setTimeout } from 'node:timers/promises';
import type { Message } from '@aws-sdk/client-sqs';
import type { JobMessage } from '@wavefleet/contracts/message.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { queueNameOf } from '@wavefleet/platform/aws/queue-arn.ts';
import { backoffMs } from '@wavefleet/platform/backoff.ts';
import { every } from '@wavefleet/platform/every.ts';
import { Consumer } from 'sqs-consumer';
import type { JobDeps } from '../job/context.ts';
import type { ALONE, Outcome } from '../job/outcome.ts';
import { runJob } from '../job/run-job.ts';
import type { RunningJob } from '../job/running-job.ts';
import { Deletions } from './deletions.ts';
import type { DependencyGate } from './dependency-gate.ts';
import { runFairly } from './fair-run.ts';
import { type Gate, untilAllOpen } from './gate.ts';
import { ageMsOf, leaveOrPutAside, readMessage, receivesOf } from './messages.ts';
import { pacedPolling } from './paced-polling.ts';
import { Solitude } from './solitude.ts';

/** After an unforeseen error the message rests this long before anybody tries it again. */
const REST_MS = 5_000;
/** After a job that failed by what may be this machine's fault. */
const TROUBLE = { firstMs: 1_000, maxMs: 20_000 };

export class JobConsumers {
  readonly #deps: JobDeps;
  readonly #onJob: () => () => void;
  readonly #dependencies: Gate & Pick<DependencyGate, 'suspect'>;
  /** While one is shut nothing is received; jobs at work go on. */
  readonly #gates: readonly Gate[];
  readonly #consumers: Consumer[];
  readonly #queue: string;
  readonly #running = new Set<RunningJob>();
  readonly #solitude = new Solitude();
  readonly #deletions: Deletions;
  readonly #draining = new AbortController();
  /** Transient failures since the last job that went well. */
  #troubles = 0;

  /**
   * @param onJob called when a job begins; what it answers is called when that job has ended. Neither may throw.
   * @param dependencies the services that every job needs.
   * @param others what else may keep this worker from receiving.
   */
  constructor(
    deps: JobDeps,
    onJob: () => () => void,
    dependencies: Gate & Pick<DependencyGate, 'suspect'>,
    others: readonly Gate[],
  ) {
    this.#deps = deps;
    this.#onJob = onJob;
    this.#dependencies = dependencies;
    this.#gates = [...others, dependencies, this.#solitude];
    const { config, aws, log } = deps.platform;
    this.#queue = queueNameOf(config.JOBS_QUEUE_URL);
    this.#deletions = new Deletions(deps.platform.queue, this.#queue, log);
    this.#consumers = Array.from({ length: config.WORKER_CONCURRENCY }, () =>
      pacedPolling(
        Consumer.create({
          queueUrl: config.JOBS_QUEUE_URL,
          sqs: aws.sqsPoll,
          batchSize: 1,
          visibilityTimeout: config.VISIBILITY_TIMEOUT_MS / 1000,
          waitTimeSeconds: config.POLL_WAIT_SECONDS,
          messageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
          // `stop` waits for the outstanding poll, whose late message must be handed back.
          pollingCompleteWaitTimeMs: (config.POLL_WAIT_SECONDS + 10) * 1000 + config.DRAIN_TIMEOUT_MS,
          // Deleted beside the next job, see `deletions.ts`.
          shouldDeleteMessages: false,
          preReceiveMessageCallback: () => untilAllOpen(this.#gates, this.#draining.signal),
          handleMessage: (message) => this.#handle(message),
        }),
        log,
      ),
    );
  }

  /** The jobs at work. */
  get jobIds(): string[] {
    return [...this.#running].map(({ jobId }) => jobId);
  }

  /** Jobs that it can be at: once it drains, those that it ends. */
  get slots(): number {
    return this.#stopping ? this.#running.size : this.#consumers.length;
  }

  start(): void {
    for (const consumer of this.#consumers) consumer.start();
  }

  /**
   * Drains: no new job begins; jobs that end within the drain timeout are finished, the others are handed back
   * at once. Resolves when every consumer is idle, and no message waits to be deleted.
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
    await this.#deletions.close();
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

  async #handle(message: Message): Promise<undefined> {
    const { platform } = this.#deps;
    const outcome = await this.#outcomeOf(message);
    const { ReceiptHandle: receiptHandle = '' } = message;
    const jobId = readMessage(message)?.jobId;
    if (outcome.kind === 'done') {
      this.#deletions.add({ receiptHandle, jobId, receives: receivesOf(message) });
      return;
    }
    const told = { jobId, queue: this.#queue };
    await platform.queue.hide(receiptHandle, outcome.ms).then(
      () => platform.log.say('message.hidden', { ...told, hiddenMs: outcome.ms }),
      (error: unknown) => platform.log.say('message.not-hidden', { ...told, err: error }),
    );
    if (outcome.trouble === true) await this.#rest();
  }

  /** A machine with a full disk fails jobs in no time, and so would take most of them: it slows down instead. */
  async #rest(): Promise<void> {
    this.#dependencies.suspect();
    this.#troubles += 1;
    const ms = backoffMs(this.#troubles, TROUBLE);
    if (!this.#stopping) await setTimeout(ms, undefined, { ref: false });
  }

  async #outcomeOf(message: Message): Promise<Outcome> {
    const { platform } = this.#deps;
    // A poll that was under way when the drain began may still bring a message (sqs-consumer#567).
    if (this.#stopping) return { kind: 'hide', ms: 0 };
    // The same holds for a poll that was under way when a gate was shut. Others may have room for the job, but no
    // service: then it is back by the time that anybody receives again.
    if (!this.#dependencies.isOpen) return { kind: 'hide', ms: REST_MS };
    if (this.#gates.some(({ isOpen }) => !isOpen)) return { kind: 'hide', ms: 0 };
    try {
      const parsed = readMessage(message);
      if (parsed === undefined) return await leaveOrPutAside(platform, message);
      return await runFairly(platform.turns, parsed, (one) => this.#runOne(one, message));
    } catch (error) {
      this.#dependencies.suspect();
      platform.log.say('message.rests', { jobId: readMessage(message)?.jobId, err: error });
      return { kind: 'hide', ms: REST_MS };
    }
  }

  /** Among the others, or alone where it has to be. */
  async #runOne(parsed: JobMessage, message: Message): Promise<Outcome> {
    const asked = await this.#solitude.among(() => this.#run(parsed, message, true));
    const outcome = asked.kind === 'alone' ? await this.#runAlone(parsed, message) : asked;
    if (outcome.kind === 'done') this.#troubles = 0;
    return outcome;
  }

  async #run(parsed: JobMessage, message: Message, hasCompany: boolean): Promise<Outcome | typeof ALONE> {
    const receiptHandle = message.ReceiptHandle ?? '';
    const isLent = readMessage(message)?.jobId !== parsed.jobId;
    const told = { receiveCount: receivesOf(message), ageMs: ageMsOf(message), hasCompany, isLent };
    return await runJob(this.#deps, { message: parsed, receiptHandle, ...told }, (job) => this.#enlist(job));
  }

  /**
   * The message is kept hidden meanwhile, and the job not claimed: another worker that is idle may be woken for it as
   * well, and take it.
   */
  async #runAlone(parsed: JobMessage, message: Message): Promise<Outcome> {
    const { queue, config } = this.#deps.platform;
    const hide = () => queue.hide(message.ReceiptHandle ?? '', config.VISIBILITY_TIMEOUT_MS);
    const stopHiding = every({ everyMs: config.HEARTBEAT_MS, firstMs: 0 }, hide, () => undefined);
    let end: (() => void) | undefined;
    try {
      end = await this.#solitude.take(this.#draining.signal).finally(stopHiding);
      // Somebody else waits in here: the two must not wait for each other's process.
      if (end === undefined) return await this.#setBack(parsed, REST_MS);
      const outcome = await this.#run(parsed, message, false);
      return outcome.kind === 'alone' ? await this.#setBack(parsed, REST_MS) : outcome;
    } catch (error) {
      if (this.#stopping) return await this.#setBack(parsed, 0);
      throw error;
    } finally {
      end?.();
    }
  }

  /** A job that was taken off the board, and not begun: its own message may have been used for another one. */
  async #setBack({ jobId }: JobMessage, ms: number): Promise<Outcome> {
    const { jobs, turns } = this.#deps.platform;
    const job = await jobs.get(jobId).catch(() => undefined);
    if (job !== undefined && !isTerminal(job.status)) await turns.add(job);
    return { kind: 'hide', ms };
  }
}
