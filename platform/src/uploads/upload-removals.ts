/** How the records of uploads go: first they say so, then the bytes go, then they do. */
import { DeleteCommand, type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import {
  type OpenUpload,
  openUploadSchema,
  type Upload,
  uploadSchema,
} from '@wavefleet/contracts/uploads.ts';
import { unlessRefused } from '../aws/errors.ts';

/** `UploadStore.removals`. Who has begun a removal also sees to the bytes. */
export class UploadRemovals {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(dynamo: DynamoDBDocumentClient, table: string) {
    this.#dynamo = dynamo;
    this.#table = table;
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
    const command = new UpdateCommand({
      TableName: this.#table,
      Key: { fileId },
      UpdateExpression: 'SET removedAt = if_not_exists(removedAt, :now)',
      ConditionExpression: `attribute_exists(fileId) AND ${condition}`,
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ...values, ':now': new Date().toISOString() },
      ReturnValues: 'ALL_NEW',
    });
    return (await unlessRefused(this.#dynamo.send(command)))?.Attributes;
  }

  /** Ends a removal: the bytes are gone, and now the record goes. */
  async forget(fileId: string): Promise<void> {
    const command = new DeleteCommand({
      TableName: this.#table,
      Key: { fileId },
      ConditionExpression: 'attribute_exists(removedAt)',
    });
    await unlessRefused(this.#dynamo.send(command));
  }

  /**
   * Removes the record of an upload that has lived its time, whoever read it. Answers whether the bytes may go too:
   * not when the record is there and lives on.
   */
  async removeExpired(fileId: string, nowMs: number): Promise<boolean> {
    const command = new DeleteCommand({
      TableName: this.#table,
      Key: { fileId },
      ConditionExpression: 'attribute_not_exists(fileId) OR #ttl <= :now',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: { ':now': Math.floor(nowMs / 1000) },
    });
    return (await unlessRefused(this.#dynamo.send(command))) !== undefined;
  }
}
