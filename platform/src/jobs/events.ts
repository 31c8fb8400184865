/** Announcing outcomes on EventBridge, at least once; consumers drop repeats by `eventId`. */
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { detailTypeOf, type JobEvent } from '@wavefleet/contracts/events.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { resources } from '@wavefleet/contracts/resources.ts';
import type { TerminalStatus } from '@wavefleet/contracts/states.ts';

export class EventBus {
  readonly #client: EventBridgeClient;
  readonly #bus: string;

  constructor(client: EventBridgeClient, bus: string) {
    this.#client = client;
    this.#bus = bus;
  }

  /** @throws Failure SERVICE_UNAVAILABLE when EventBridge refused any of them: PutEvents fails partly without an error. */
  async put(events: readonly JobEvent[]): Promise<void> {
    const answer = await this.#client.send(
      new PutEventsCommand({
        Entries: events.map((event) => ({
          EventBusName: this.#bus,
          Source: resources.events.source,
          DetailType: detailTypeOf(event.status),
          Time: new Date(event.time),
          Detail: JSON.stringify(event),
        })),
      }),
    );
    if ((answer.FailedEntryCount ?? 0) > 0) {
      const codes = answer.Entries?.flatMap((entry) => entry.ErrorCode ?? []);
      throw new Failure('SERVICE_UNAVAILABLE', {
        cause: new Error(`PutEvents refused ${codes?.join(', ')}`),
      });
    }
  }
}

/** The event for a job that reaches `status` now. */
export function eventFor(
  job: Pick<Job, 'jobId' | 'ownerId' | 'format' | 'fileName'>,
  status: TerminalStatus,
  more: { outputKey?: string; errorCode?: string } = {},
): JobEvent {
  return {
    eventId: `${job.jobId}:${status}`,
    jobId: job.jobId,
    ownerId: job.ownerId,
    status,
    time: new Date().toISOString(),
    format: job.format,
    fileName: job.fileName,
    ...more,
  };
}
