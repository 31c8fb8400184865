/** Records of uploaded files: who owns them, where they lie, which jobs read them. */
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { type Upload, uploadSchema } from '@wavefleet/contracts/uploads.ts';
import { isConditionFailed } from './aws-errors.ts';

export class UploadStore {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(dynamo: DynamoDBDocumentClient, table: string) {
    this.#dynamo = dynamo;
    this.#table = table;
  }

  async create(upload: Upload): Promise<void> {
    await this.#dynamo.send(new PutCommand({ TableName: this.#table, Item: upload }));
  }

  /**
   * The upload, when it is this owner's.
   * @throws Failure UPLOAD_NOT_FOUND also for a foreign upload.
   */
  async getOwned(fileId: string, ownerId: string): Promise<Upload> {
    const { Item } = await this.#dynamo.send(
      new GetCommand({ TableName: this.#table, Key: { fileId }, ConsistentRead: true }),
    );
    const upload = Item === undefined ? undefined : uploadSchema.parse(Item);
    if (upload === undefined || upload.ownerId !== ownerId) throw new Failure('UPLOAD_NOT_FOUND');
    return upload;
  }

  /** Notes that a job reads the upload. @throws Failure UPLOAD_NOT_FOUND when it was removed meanwhile. */
  async link(fileId: string, jobId: string): Promise<void> {
    await this.#changeJobs(fileId, 'ADD', jobId).catch((error: unknown) => {
      throw isConditionFailed(error) ? new Failure('UPLOAD_NOT_FOUND') : error;
    });
  }

  /** Notes that a job is done with the upload. Answers it when no other job reads it, so that it can go. */
  async unlink(fileId: string, jobId: string): Promise<Upload | undefined> {
    try {
      const upload = await this.#changeJobs(fileId, 'DELETE', jobId);
      return upload.jobs === undefined || upload.jobs.size === 0 ? upload : undefined;
    } catch (error) {
      if (isConditionFailed(error)) return undefined;
      throw error;
    }
  }

  /** Removes the record unless a job reads the upload. Answers whether it went. */
  async removeUnused(fileId: string): Promise<boolean> {
    try {
      await this.#dynamo.send(
        new DeleteCommand({
          TableName: this.#table,
          Key: { fileId },
          // DynamoDB drops a set when its last member goes.
          ConditionExpression: 'attribute_exists(fileId) AND attribute_not_exists(jobs)',
        }),
      );
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw error;
    }
  }

  async #changeJobs(fileId: string, verb: 'ADD' | 'DELETE', jobId: string): Promise<Upload> {
    const { Attributes } = await this.#dynamo.send(
      new UpdateCommand({
        TableName: this.#table,
        Key: { fileId },
        UpdateExpression: `${verb} jobs :job`,
        ConditionExpression: 'attribute_exists(fileId)',
        ExpressionAttributeValues: { ':job': new Set([jobId]) },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return uploadSchema.parse(Attributes);
  }
}
