/** Records of uploaded files: who owns them, whether all bytes are there, where they lie. */
import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { ObjectRef } from '@wavefleet/contracts/job.ts';
import { expireDaysOf, resources } from '@wavefleet/contracts/resources.ts';
import {
  hasLapsed,
  isGone,
  type OpenUpload,
  partCountOf,
  type StoredUpload,
  storedUploadSchema,
  type Upload,
  type UploadPart,
  uploadSchema,
} from '@wavefleet/contracts/uploads.ts';
import { unlessRefused } from '../aws/errors.ts';
import { UploadRemovals } from './upload-removals.ts';
import { UploadTies } from './upload-ties.ts';

const RETENTION_DAYS = expireDaysOf(resources.bucket.prefixes.uploads) ?? 60;

/** The `ttl` of an upload that was finished at `nowMs`, in epoch seconds: the record goes when the bytes go. */
export function uploadTtl(nowMs: number): number {
  return Math.floor(nowMs / 1000) + RETENTION_DAYS * 86_400;
}

export class UploadStore {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;
  readonly ties: UploadTies;
  readonly removals: UploadRemovals;

  constructor(dynamo: DynamoDBDocumentClient, table: string) {
    this.#dynamo = dynamo;
    this.#table = table;
    this.ties = new UploadTies(dynamo, table, (fileId) => this.get(fileId));
    this.removals = new UploadRemovals(dynamo, table);
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
    const command = new UpdateCommand({
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
    });
    const changed = await unlessRefused(this.#dynamo.send(command));
    return changed && uploadSchema.parse(changed.Attributes);
  }
}
