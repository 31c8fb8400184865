/**
 * What happened to the jobs of a run, as the wire shows it: every write that DynamoDB took, every event that the bus
 * took, and what readers were told. `model.ts` judges it.
 */

import { resources } from '@wavefleet/contracts/resources.ts';
import { isTerminal, type JobStatus, jobStatusSchema } from '@wavefleet/contracts/states.ts';
import { type Call, targetStatus } from '@wavefleet/tests/bring-up/proxy/call.ts';
import { z } from 'zod';

/** A write that was done. What the record looked like afterwards. */
export interface Write {
  readonly kind: 'write';
  readonly jobId: string;
  readonly caller: string;
  /** `submit`: the record was made. `claim`, `end`: the status was changed. `other`: anything else. */
  readonly what: 'submit' | 'claim' | 'end' | 'other';
  readonly status: JobStatus;
  readonly attempt: number;
  readonly lease: { readonly owner: string; readonly untilMs: number } | undefined;
  /** A job that was put off is nobody's before this. */
  readonly notBeforeMs?: number | undefined;
  /** The claimant whose right was asked for (`:owner`), where the write names one. */
  readonly owner: string | undefined;
  /** The caller's own time, by which it judged leases; else the proxy's. */
  readonly nowMs: number;
  /** By the proxy's clock. */
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** An event that the bus took. */
export interface Told {
  readonly kind: 'told';
  readonly jobId: string;
  readonly eventId: string;
  readonly event: string;
}

/** What somebody who asked was told. */
export interface Read {
  readonly kind: 'read';
  readonly jobId: string;
  readonly status: JobStatus;
  /** Absent where only the status was asked for. */
  readonly percent?: number;
}

export type Entry = Write | Told | Read;

const N = z.object({ N: z.coerce.number() }).transform(({ N }) => N);
const S = z.object({ S: z.string() }).transform(({ S }) => S);
const recordSchema = z.looseObject({
  jobId: S,
  status: S.pipe(jobStatusSchema),
  attempt: N,
  lease: z.object({ M: z.looseObject({ owner: S, until: N }) }).optional(),
  notBefore: N.optional(),
});
const afterUpdate = z.object({ Attributes: recordSchema });
const putEventsAnswer = z.object({ Entries: z.array(z.looseObject({ ErrorCode: z.string().optional() })) });
const eventSchema = z.looseObject({ jobId: z.string(), eventId: z.string(), kind: z.string() });

export class History {
  readonly entries: Entry[] = [];
  readonly #ended = new Map<string, PromiseWithResolvers<void>>();

  /** A {@link Witness} of the proxy. */
  readonly hear = (call: Call, status: number, answer: string): void => {
    if (status !== 200) return;
    if (call.operation === 'PutEvents') this.#tell(call, answer);
    if (call.service === 'dynamodb' && call.body?.TableName === resources.tables.jobs.name)
      this.#write(call, answer);
  };

  read(entry: Omit<Read, 'kind'>): void {
    this.entries.push({ kind: 'read', ...entry });
  }

  writesOf(jobId: string): Write[] {
    return this.entries.filter((entry) => entry.kind === 'write' && entry.jobId === jobId) as Write[];
  }

  /** Resolves when a write has ended the job; at once when one has. */
  async ended(jobId: string): Promise<void> {
    await this.#end(jobId).promise;
  }

  /** Nothing has happened. */
  forget(): void {
    this.entries.length = 0;
    this.#ended.clear();
  }

  #end(jobId: string): PromiseWithResolvers<void> {
    const known = this.#ended.get(jobId);
    if (known !== undefined) return known;
    const made = Promise.withResolvers<void>();
    this.#ended.set(jobId, made);
    return made;
  }

  #write(call: Call, answer: string): void {
    const record = recordAfter(call, answer);
    if (record === undefined) return;
    const { jobId, status, attempt, lease, notBefore } = record;
    const values = call.body?.ExpressionAttributeValues ?? {};
    const to = call.body === undefined ? undefined : targetStatus(call.body);
    this.entries.push({
      ...{ kind: 'write', jobId, status, attempt, caller: call.caller, startedAtMs: call.startedAtMs },
      what: call.operation === 'PutItem' ? 'submit' : whatOf(to),
      notBeforeMs: notBefore,
      lease: lease && { owner: lease.M.owner, untilMs: lease.M.until },
      owner: S.safeParse(values[':owner']).data,
      nowMs: N.safeParse(values[':now']).data ?? call.startedAtMs,
      endedAtMs: Date.now(),
    });
    if (isTerminal(status)) this.#end(jobId).resolve();
  }

  #tell({ body }: Call, answer: string): void {
    const taken = putEventsAnswer.parse(JSON.parse(answer)).Entries;
    for (const [index, { Detail = '{}' }] of (body?.Entries ?? []).entries()) {
      const event = eventSchema.safeParse(JSON.parse(Detail)).data;
      if (event === undefined || taken[index]?.ErrorCode !== undefined) continue;
      this.entries.push({ kind: 'told', jobId: event.jobId, eventId: event.eventId, event: event.kind });
    }
  }
}

function recordAfter({ operation, body }: Call, answer: string) {
  if (operation === 'PutItem') return recordSchema.safeParse(body?.Item).data;
  if (operation !== 'UpdateItem') return undefined;
  return afterUpdate.safeParse(JSON.parse(answer)).data?.Attributes;
}

function whatOf(to: string | undefined): Write['what'] {
  if (to === 'processing') return 'claim';
  return to === undefined ? 'other' : 'end';
}
