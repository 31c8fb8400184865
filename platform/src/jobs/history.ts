/**
 * Histories: an owner's jobs, newest first, read from the index `history`. Every answer reads a bounded part of it and
 * says where the next one goes on; what is looked for decides only which jobs of that part are in it.
 */
import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { foldName, type HistorySearch, type HistoryTotals } from '@wavefleet/contracts/history-search.ts';
import { isOwnedBy } from '@wavefleet/contracts/job.ts';
import { type HistoryJob, historyJobSchema } from '@wavefleet/contracts/job-history.ts';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from '../aws/cursor.ts';
import type { Log } from '../log/log.ts';

/** One page of an owner's history, newest first. */
export interface JobPage {
  readonly jobs: HistoryJob[];
  readonly nextCursor: string | null;
}

/** Where a look begins, and when it ends early. */
interface Place {
  /** `nextCursor` of the look before, with the same search. */
  readonly cursor?: string | undefined;
  /** Once it is aborted nothing more is read. */
  readonly signal?: AbortSignal | undefined;
}

/** Which part of a history is asked for. */
export interface JobListing extends HistorySearch, Place {
  /** Jobs on a page, at most. */
  readonly limit: number;
}

/** Items of a history that one query reads where few of them may be looked for; DynamoDB ends one at 1 MB besides. */
const SEARCHED_PAGE = 200;
const SUMMED_PAGE = 1_000;
/** For one answer. */
const MAX_QUERIES = 5;

/** A place in an owner's history: the key of the index. */
const positionSchema = z.object({ jobId: z.string(), ownerId: z.string(), createdAt: z.string() });
type Position = z.infer<typeof positionSchema>;
/** What a cursor holds. Checked, since it comes from outside. */
const cursorSchema = z.strictObject({ jobId: z.uuid(), ownerId: z.string(), createdAt: z.iso.datetime() });

/** What totals are made of. */
const summedSchema = positionSchema.extend({
  ...historyJobSchema.pick({ status: true, source: true, fileName: true }).shape,
  inputS3Location: z.object({ sizeBytes: z.int() }),
  input: z.object({ durationSeconds: z.number().nullish() }).optional(),
  outputS3Location: z.object({ sizeBytes: z.int(), durationSeconds: z.number() }).optional(),
});
const SUMMED =
  'jobId, ownerId, createdAt, #status, #source, fileName, inputS3Location.sizeBytes, #input.durationSeconds, ' +
  'outputS3Location.sizeBytes, outputS3Location.durationSeconds';

/** What one query reads. */
interface Look {
  readonly limit: number;
  readonly after: Position | undefined;
  /** Attributes in DynamoDB's language. Default: all of the index. */
  readonly only?: string;
}

export class JobHistory {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #log: Pick<Log, 'say'>;

  constructor(dynamo: DynamoDBDocumentClient, table: string, log: Pick<Log, 'say'>) {
    this.#dynamo = dynamo;
    this.#table = table;
    this.#log = log;
  }

  /**
   * One page. A record that this version cannot read is left out and logged: one must not hide the others. With a
   * search a page may hold fewer jobs than asked for, even none, and still have a cursor: no answer looks at more than
   * 1,000 jobs.
   * @throws Failure INVALID_CURSOR for a cursor that is not from this owner's previous page of the same search.
   */
  async list(ownerId: string, { limit, cursor, signal, ...search }: JobListing): Promise<JobPage> {
    const { status, format, name } = search;
    const isSearched = status !== undefined || format !== undefined || name !== undefined;
    let after = placeOf(cursor, ownerId, search);
    const jobs: HistoryJob[] = [];
    for (let queries = 0; queries < MAX_QUERIES && signal?.aborted !== true; queries += 1) {
      const size = isSearched ? SEARCHED_PAGE : limit - jobs.length;
      const page = await this.#query(ownerId, search, { limit: size, after });
      for (const item of page.items) {
        // DynamoDB counts before it filters: more may have come than there is room for.
        if (jobs.length === limit) return { jobs, nextCursor: encodeCursor(after) };
        jobs.push(...this.#readable(item).filter((job) => isFound({ ...job, ownerId }, name)));
        after = positionSchema.parse(item);
      }
      after = page.last;
      if (after === undefined || jobs.length === limit) break;
    }
    return { jobs, nextCursor: encodeCursor(after) };
  }

  /**
   * What the jobs of one part of a history come to, at most 5,000 of them. Made of the records themselves, so that
   * nothing is counted twice and nothing is missed, however often a job was tried; what was deleted does not count.
   * @throws Failure INVALID_CURSOR as {@link list}.
   */
  async totals(
    ownerId: string,
    { cursor, signal, ...search }: HistorySearch & Place,
  ): Promise<HistoryTotals> {
    let after = placeOf(cursor, ownerId, search);
    const sum = { jobs: 0, completed: 0, audioMs: 0, inputBytes: 0, outputBytes: 0 };
    for (let queries = 0; queries < MAX_QUERIES && signal?.aborted !== true; queries += 1) {
      const page = await this.#query(ownerId, search, { limit: SUMMED_PAGE, after, only: SUMMED });
      for (const item of page.items) {
        const { success, data } = summedSchema.safeParse(item);
        if (!success || !isFound(data, search.name)) continue;
        sum.jobs += 1;
        const { status, input, inputS3Location, outputS3Location: output } = data;
        if (status !== 'completed' || output === undefined) continue;
        sum.completed += 1;
        sum.audioMs += Math.round((input?.durationSeconds ?? output.durationSeconds) * 1000);
        sum.inputBytes += inputS3Location.sizeBytes;
        sum.outputBytes += output.sizeBytes;
      }
      after = page.last;
      if (after === undefined) break;
    }
    const { audioMs, ...counts } = sum;
    return { ...counts, audioSeconds: audioMs / 1000, nextCursor: encodeCursor(after) };
  }

  /** All that fits, one query at a time, as fast as it is taken. @throws SDK errors. */
  async *all(ownerId: string, search: HistorySearch): AsyncGenerator<HistoryJob[], void, void> {
    let after: Position | undefined;
    if (isEmptyRange(search)) return;
    do {
      const page = await this.#query(ownerId, search, { limit: SEARCHED_PAGE, after });
      yield page.items
        .flatMap((item) => this.#readable(item))
        .filter((job) => isFound({ ...job, ownerId }, search.name));
      after = page.last;
    } while (after !== undefined);
  }

  async #query(
    ownerId: string,
    search: HistorySearch,
    { limit, after, only }: Look,
  ): Promise<{ items: Record<string, unknown>[]; last: Position | undefined }> {
    if (isEmptyRange(search)) return { items: [], last: undefined };
    const { status, format } = search;
    const { from, to } = rangeOf(search);
    const filters = [
      status === undefined ? [] : ['#status = :status'],
      format === undefined ? [] : ['#format = :format'],
    ].flat();
    const names = [
      status === undefined && only === undefined ? [] : [['#status', 'status']],
      format === undefined ? [] : [['#format', 'format']],
      only === undefined
        ? []
        : [
            ['#source', 'source'],
            ['#input', 'input'],
          ],
    ].flat();
    const { Items = [], LastEvaluatedKey } = await this.#dynamo.send(
      new QueryCommand({
        TableName: this.#table,
        IndexName: 'history',
        KeyConditionExpression: 'ownerId = :owner AND createdAt BETWEEN :from AND :to',
        FilterExpression: filters.length === 0 ? undefined : filters.join(' AND '),
        ExpressionAttributeNames: names.length === 0 ? undefined : Object.fromEntries(names),
        ExpressionAttributeValues: {
          ':owner': ownerId,
          ':from': from,
          ':to': to,
          ':status': status,
          ':format': format,
        },
        ProjectionExpression: only,
        ScanIndexForward: false,
        Limit: limit,
        ExclusiveStartKey: after,
      }),
    );
    return { items: Items, last: LastEvaluatedKey && positionSchema.parse(LastEvaluatedKey) };
  }

  #readable(item: Record<string, unknown>): HistoryJob[] {
    const job = historyJobSchema.safeParse(item);
    if (job.success) return [job.data];
    const fields = [...new Set(job.error.issues.map(({ path }) => path.join('.')))];
    this.#log.say('job.unlisted', { jobId: item.jobId, fields });
    return [];
  }
}

/** The name is compared here: DynamoDB knows neither case nor Unicode. */
function isFound(
  { fileName, ...job }: Parameters<typeof isOwnedBy>[0] & { readonly fileName: string },
  name = '',
): boolean {
  return isOwnedBy(job, job.ownerId) && foldName(fileName).includes(foldName(name));
}

/** Both ends are within: times are whole milliseconds. */
function rangeOf({ from, before }: HistorySearch): { readonly from: string; readonly to: string } {
  const to = before === undefined ? '9999' : new Date(Date.parse(before) - 1).toISOString();
  return { from: from ?? '0', to };
}

/** DynamoDB refuses a range that ends before it begins; nothing was made in it. */
function isEmptyRange(search: HistorySearch): boolean {
  const { from, to } = rangeOf(search);
  return from > to;
}

/** Undefined for the beginning. @throws Failure INVALID_CURSOR, also for a place outside of what is looked for. */
function placeOf(cursor: string | undefined, ownerId: string, search: HistorySearch): Position | undefined {
  if (cursor === undefined) return undefined;
  const place = decodeCursor(cursor, cursorSchema);
  const { from, to } = rangeOf(search);
  if (place.ownerId === ownerId && from <= place.createdAt && place.createdAt <= to) return place;
  throw new Failure('INVALID_CURSOR');
}
