/** EventBridge: job events out, at least once; consumers drop repeats by `eventId`. */
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { detailTypeOf, type JobEvent, type News, statusAfter } from '@wavefleet/contracts/events.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { resources } from '@wavefleet/contracts/resources.ts';
import type { Log } from '../log/log.ts';

/** Entries in one PutEvents (AWS: "Amazon EventBridge quotas"). */
const BATCH = 10;

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
   * Sends them, and answers the ids of those that EventBridge took: it may refuse some of a batch without an error.
   * @param events all of one job.
   * @param signal breaks off; what was on its way may have arrived.
   * @throws SDK errors; what was taken before is then sent again some time.
   */
  async put(events: readonly JobEvent[], signal?: AbortSignal): Promise<ReadonlySet<string>> {
    const sent = new Set<string>();
    for (let at = 0; at < events.length; at += BATCH) {
      const batch = events.slice(at, at + BATCH);
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
        signal === undefined ? {} : { abortSignal: signal },
      );
      const taken = batch.filter((_, index) => Entries[index]?.ErrorCode === undefined);
      for (const { eventId } of taken) sent.add(eventId);
      this.#said(batch, taken);
    }
    return sent;
  }

  #said(batch: readonly JobEvent[], taken: readonly JobEvent[]): void {
    const [first] = batch;
    if (first === undefined) return;
    this.#log.say('job.announced', {
      jobId: first.jobId,
      bus: this.#bus,
      eventIds: taken.map(({ eventId }) => eventId),
      refused: batch.length - taken.length,
    });
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
