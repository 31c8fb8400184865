/** Which jobs read an upload: as long as one does, it stays. */
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import {
  isGone,
  MAX_JOBS_OF_UPLOAD,
  type StoredUpload,
  type Upload,
  uploadSchema,
} from '@wavefleet/contracts/uploads.ts';
import { isConditionFailed, unlessRefused } from '../aws/errors.ts';

/** `UploadStore.ties`: noted in the record of the upload before the job's own is written. */
export class UploadTies {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #get: (fileId: string) => Promise<StoredUpload | undefined>;

  /** @param get how the record is read; it says why a tie was refused. */
  constructor(
    dynamo: DynamoDBDocumentClient,
    table: string,
    get: (fileId: string) => Promise<StoredUpload | undefined>,
  ) {
    this.#dynamo = dynamo;
    this.#table = table;
    this.#get = get;
  }

  /**
   * Notes that a job reads the upload, whosever that is by now. May be repeated.
   * @throws Failure as {@link UploadTies.linkOwned}.
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
      const upload = await this.#get(fileId);
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
    const command = new UpdateCommand({
      TableName: this.#table,
      Key: { fileId },
      UpdateExpression: 'DELETE jobs :job',
      ConditionExpression: 'attribute_exists(fileId)',
      ExpressionAttributeValues: { ':job': new Set([jobId]) },
      ReturnValues: 'ALL_NEW',
    });
    const changed = await unlessRefused(this.#dynamo.send(command));
    const upload = changed && uploadSchema.parse(changed.Attributes);
    return upload?.jobs === undefined || upload.jobs.size === 0 ? upload : undefined;
  }
}
