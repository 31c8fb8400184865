/** Records of uploaded files: who owns them, whether all bytes are there, where they lie, which jobs read them. */
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Job, ObjectRef } from '@wavefleet/contracts/job.ts';
import { expireDaysOf, resources } from '@wavefleet/contracts/resources.ts';
import {
  hasLapsed,
  isGone,
  MAX_JOBS_OF_UPLOAD,
  type OpenUpload,
  openUploadSchema,
  partCountOf,
  type StoredUpload,
  storedUploadSchema,
  type Upload,
  type UploadPart,
  uploadSchema,
} from '@wavefleet/contracts/uploads.ts';
import { isConditionFailed } from '../aws/errors.ts';

/** The content type of a stored upload. It says nothing: probing decides what the bytes are, and nobody is served them under it. */
export const UPLOAD_CONTENT_TYPE = 'application/octet-stream';

const RETENTION_DAYS = expireDaysOf(resources.bucket.prefixes.uploads) ?? 60;

/** The `ttl` of an upload that was finished at `nowMs`, in epoch seconds: the record goes when the bytes go. */
export function uploadTtl(nowMs: number): number {
  return Math.floor(nowMs / 1000) + RETENTION_DAYS * 86_400;
}

export class UploadStore {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(dynamo: DynamoDBDocumentClient, table: string) {
    this.#dynamo = dynamo;
    this.#table = table;
  }

  async create(upload: StoredUpload): Promise<void> {
    await this.#dynamo.send(new PutCommand({ TableName: this.#table, Item: upload }));
  }

  /**
   * The finished upload, when it is this owner's.
   * @throws Failure UPLOAD_NOT_FOUND also for a foreign upload, UPLOAD_INCOMPLETE while parts are missing.
   */
  async getOwned(fileId: string, ownerId: string): Promise<Upload> {
    const upload = await this.getAnyOwned(fileId, ownerId);
    if (upload.state === 'uploading') throw new Failure('UPLOAD_INCOMPLETE');
    return upload;
  }

  /**
   * The upload, finished or not, when it is this owner's.
   * @param options.removed for who repeats a removal: one that has begun counts as there. Default: as gone.
   * @throws Failure UPLOAD_NOT_FOUND also for a foreign upload, and for one that was not finished in time.
   */
  async getAnyOwned(
    fileId: string,
    ownerId: string,
    { now = Date.now(), removed = false } = {},
  ): Promise<StoredUpload> {
    const upload = await this.get(fileId);
    if (upload === undefined || upload.ownerId !== ownerId) throw new Failure('UPLOAD_NOT_FOUND');
    if (removed ? hasLapsed(upload, now) : isGone(upload, now)) throw new Failure('UPLOAD_NOT_FOUND');
    return upload;
  }

  /** The record, read consistently, whosever it is and in whatever state. @throws SDK errors. */
  async get(fileId: string): Promise<StoredUpload | undefined> {
    const { Item } = await this.#dynamo.send(
      new GetCommand({ TableName: this.#table, Key: { fileId }, ConsistentRead: true }),
    );
    return Item === undefined ? undefined : storedUploadSchema.parse(Item);
  }

  /**
   * Notes a part that has arrived; one that is noted already changes nothing. One small write for each part (8 MiB and
   * more), so that the table tells how far an upload is. Never throws: S3 has the part, whatever the table says.
   */
  async partArrived(fileId: string, { partNumber, sizeBytes }: UploadPart): Promise<void> {
    await this.#noteParts(fileId, {
      update: 'SET updatedAt = :now ADD parts :parts, completedChunks :one, uploadedSize :bytes',
      condition: 'NOT contains(parts, :part)',
      values: { ':parts': new Set([partNumber]), ':part': partNumber, ':one': 1, ':bytes': sizeBytes },
    });
  }

  /** Notes all parts that S3 was seen to have, when the record says otherwise. Never throws, as above. */
  async partsSeen(
    upload: OpenUpload,
    seen: { readonly partNumbers: readonly number[]; readonly bytes: number },
  ): Promise<void> {
    const { partNumbers, bytes } = seen;
    if (partNumbers.length === 0 || partNumbers.length === upload.completedChunks) return;
    await this.#noteParts(upload.fileId, {
      update: 'SET updatedAt = :now, parts = :parts, completedChunks = :count, uploadedSize = :bytes',
      condition: 'attribute_exists(fileId)',
      values: { ':parts': new Set(partNumbers), ':count': partNumbers.length, ':bytes': bytes },
    });
  }

  async #noteParts(
    fileId: string,
    { update, condition, values }: { update: string; condition: string; values: Record<string, unknown> },
  ): Promise<void> {
    const command = new UpdateCommand({
      TableName: this.#table,
      Key: { fileId },
      UpdateExpression: update,
      ConditionExpression: `#state = :uploading AND ${condition}`,
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ...values, ':uploading': 'uploading', ':now': new Date().toISOString() },
    });
    await this.#dynamo.send(command).catch(() => undefined);
  }

  /**
   * All bytes are there, and the first ones were looked at: the upload can be converted from now on. Answers the
   * finished upload, or undefined when it was finished or removed meanwhile.
   */
  async finish(upload: OpenUpload, location: ObjectRef, ttl: number): Promise<Upload | undefined> {
    const { fileId, partSizeBytes } = upload;
    try {
      const { Attributes } = await this.#dynamo.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: { fileId },
          UpdateExpression:
            'SET #state = :complete, #location = :location, #ttl = :ttl, completedAt = :now, updatedAt = :now, startSeen = :seen, ' +
            'uploadedSize = :bytes, totalChunks = :count, completedChunks = :count ' +
            'REMOVE #bucket, #key, multipartId, sizeBytes, expiresAt, fingerprint, parts',
          ConditionExpression: '#state = :uploading AND attribute_not_exists(removedAt)',
          ExpressionAttributeNames: {
            '#state': 'state',
            '#location': 'location',
            '#ttl': 'ttl',
            '#bucket': 'bucket',
            '#key': 'key',
          },
          ExpressionAttributeValues: {
            ':complete': 'complete',
            ':uploading': 'uploading',
            ':location': location,
            ':ttl': ttl,
            ':seen': true,
            ':bytes': location.sizeBytes,
            ':count': partCountOf(location.sizeBytes, partSizeBytes),
            ':now': new Date().toISOString(),
          },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return uploadSchema.parse(Attributes);
    } catch (error) {
      if (isConditionFailed(error)) return undefined;
      throw error;
    }
  }

  /**
   * Begins the removal of an upload whose parts are still coming. Answers it, or undefined when it was finished or is
   * gone. May be repeated until {@link forget}.
   */
  async buryUnfinished(fileId: string): Promise<OpenUpload | undefined> {
    const buried = await this.#bury(fileId, '#state = :uploading', { ':uploading': 'uploading' });
    return buried && openUploadSchema.parse(buried);
  }

  /** Begins the removal of a finished upload, unless a job reads it. Answers it, or undefined. May be repeated. */
  async buryUnused(fileId: string): Promise<Upload | undefined> {
    // DynamoDB drops a set when its last member goes.
    const buried = await this.#bury(fileId, 'attribute_not_exists(jobs) AND NOT #state = :uploading', {
      ':uploading': 'uploading',
    });
    return buried && uploadSchema.parse(buried);
  }

  async #bury(
    fileId: string,
    condition: string,
    values: Record<string, unknown>,
  ): Promise<Record<string, unknown> | undefined> {
    try {
      const { Attributes } = await this.#dynamo.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: { fileId },
          UpdateExpression: 'SET removedAt = if_not_exists(removedAt, :now)',
          ConditionExpression: `attribute_exists(fileId) AND ${condition}`,
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ...values, ':now': new Date().toISOString() },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return Attributes;
    } catch (error) {
      if (isConditionFailed(error)) return undefined;
      throw error;
    }
  }

  /** Ends a removal: the bytes are gone, and now the record goes. */
  async forget(fileId: string): Promise<void> {
    const command = new DeleteCommand({
      TableName: this.#table,
      Key: { fileId },
      ConditionExpression: 'attribute_exists(removedAt)',
    });
    await this.#dynamo.send(command).catch((error: unknown) => {
      if (!isConditionFailed(error)) throw error;
    });
  }

  /**
   * Notes that a job reads the upload, whosever that is by now. May be repeated.
   * @throws Failure as {@link UploadStore.linkOwned}.
   */
  async link(fileId: string, jobId: string): Promise<void> {
    await this.#link(fileId, jobId);
  }

  /**
   * Notes that a job of this owner reads the upload, and answers it. May be repeated.
   * @throws Failure UPLOAD_NOT_FOUND also for a foreign upload, and when it was removed meanwhile; UPLOAD_INCOMPLETE while
   *   parts are missing, UPLOAD_JOBS_LIMIT.
   */
  async linkOwned(fileId: string, { jobId, ownerId }: Pick<Job, 'jobId' | 'ownerId'>): Promise<Upload> {
    return await this.#link(fileId, jobId, ownerId);
  }

  async #link(fileId: string, jobId: string, ownerId?: string): Promise<Upload> {
    try {
      const { Attributes } = await this.#dynamo.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: { fileId },
          UpdateExpression: 'SET linkedAt = :now ADD jobs :jobs',
          ConditionExpression:
            `${ownerId === undefined ? 'attribute_exists(fileId)' : 'ownerId = :owner'} AND ` +
            'attribute_not_exists(removedAt) AND NOT #state = :uploading AND ' +
            '(attribute_not_exists(jobs) OR contains(jobs, :job) OR size(jobs) < :limit)',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: {
            ...(ownerId === undefined ? {} : { ':owner': ownerId }),
            ':uploading': 'uploading',
            ':jobs': new Set([jobId]),
            ':job': jobId,
            ':limit': MAX_JOBS_OF_UPLOAD,
            ':now': Date.now(),
          },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return uploadSchema.parse(Attributes);
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
      const upload = await this.get(fileId);
      const isForeign = ownerId !== undefined && upload?.ownerId !== ownerId;
      if (upload === undefined || isForeign || isGone(upload)) throw new Failure('UPLOAD_NOT_FOUND');
      if (upload.state === 'uploading') throw new Failure('UPLOAD_INCOMPLETE');
      const { jobs } = upload;
      // Its last part came, or a job let go of it, in this very moment.
      if (jobs === undefined || jobs.size < MAX_JOBS_OF_UPLOAD)
        return await this.#link(fileId, jobId, ownerId);
      throw new Failure('UPLOAD_JOBS_LIMIT', { detail: { limit: MAX_JOBS_OF_UPLOAD } });
    }
  }

  /** Notes that a job is done with the upload. Answers it when no other job reads it, so that it can go. */
  async unlink(fileId: string, jobId: string): Promise<Upload | undefined> {
    try {
      const { Attributes } = await this.#dynamo.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: { fileId },
          UpdateExpression: 'DELETE jobs :job',
          ConditionExpression: 'attribute_exists(fileId)',
          ExpressionAttributeValues: { ':job': new Set([jobId]) },
          ReturnValues: 'ALL_NEW',
        }),
      );
      const upload = uploadSchema.parse(Attributes);
      return upload.jobs === undefined || upload.jobs.size === 0 ? upload : undefined;
    } catch (error) {
      if (isConditionFailed(error)) return undefined;
      throw error;
    }
  }

  /**
   * Removes the record of an upload that has lived its time, whoever read it. Answers whether the bytes may go too:
   * not when the record is there and lives on.
   */
  async removeExpired(fileId: string, nowMs: number): Promise<boolean> {
    try {
      await this.#dynamo.send(
        new DeleteCommand({
          TableName: this.#table,
          Key: { fileId },
          ConditionExpression: 'attribute_not_exists(fileId) OR #ttl <= :now',
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ExpressionAttributeValues: { ':now': Math.floor(nowMs / 1000) },
        }),
      );
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw error;
    }
  }
}
