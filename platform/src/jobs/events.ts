/** EventBridge: job events out, at least once; consumers drop repeats by `eventId`. */
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { detailTypeOf, type JobEvent, type News, statusAfter } from '@wavefleet/contracts/events.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { resources } from '@wavefleet/contracts/resources.ts';
import type { Log } from '../log/log.ts';

/** Entries in one PutEvents (AWS: "Amazon EventBridge quotas"). */
export const EVENTS_A_CALL = 10;
/** Milliseconds that one call gets: nothing is lost when it is not sent now. */
export const PUT_TIMEOUT_MS = 2_000;

export class EventBus {
  readonly #client: EventBridgeClient;
  readonly #bus: string;
  readonly #log: Log;

  constructor(client: EventBridgeClient, bus: string, log: Log) {
    this.#client = client;
    this.#bus = bus;
    this.#log = log;
  }

  /**
   * Sends them.
   * @param options.onTaken told the id of each that EventBridge took: it may refuse some of a batch without an error, and
   *   an error may follow.
   * @param options.signal breaks off; what was on its way may have arrived.
   * @throws SDK errors, after one try of 2 s at most.
   */
  async put(
    events: readonly JobEvent[],
    options: { readonly onTaken: (eventId: string) => void; readonly signal?: AbortSignal },
  ): Promise<void> {
    for (let at = 0; at < events.length; at += EVENTS_A_CALL) {
      const batch = events.slice(at, at + EVENTS_A_CALL);
      const deadline = AbortSignal.timeout(PUT_TIMEOUT_MS);
      const { Entries = [] } = await this.#client.send(
        new PutEventsCommand({
          Entries: batch.map((event) => ({
            EventBusName: this.#bus,
            Source: resources.events.source,
            DetailType: detailTypeOf(event.kind),
            Time: new Date(event.time),
            Detail: JSON.stringify(event),
          })),
        }),
        {
          abortSignal: options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal]),
        },
      );
      const taken = new Set(batch.filter((_, index) => Entries[index]?.ErrorCode === undefined));
      for (const { eventId } of taken) options.onTaken(eventId);
      this.#said(batch, taken);
    }
  }

  /** One line for each job. */
  #said(batch: readonly JobEvent[], taken: ReadonlySet<JobEvent>): void {
    for (const [jobId, events] of Map.groupBy(batch, (event) => event.jobId)) {
      const out = events.filter((event) => taken.has(event));
      this.#log.say('job.announced', {
        jobId,
        bus: this.#bus,
        eventIds: out.map(({ eventId }) => eventId),
        refused: events.length - out.length,
      });
    }
  }
}

/** The event for news in a job's outbox: what does not change is taken from the record. */
export function eventOf(job: Job, news: News): JobEvent {
  return {
    jobId: job.jobId,
    ownerId: job.ownerId,
    status: statusAfter(news.kind),
    format: job.format,
    fileName: job.fileName,
    ...(news.kind === 'completed' ? { outputKey: job.outputS3Location?.key, loudness: job.loudness } : {}),
    ...(news.kind === 'failed' ? { errorCode: job.error?.code } : {}),
    ...news,
  };
}
