/** One conditional UpdateItem on one job: the only way in which a stored job ever changes. */
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Job, jobSchema } from '@wavefleet/contracts/job.ts';
import { isConditionFailed } from '../aws/errors.ts';

/** The parts of the update, in DynamoDB's expression language. */
export interface JobChange {
  readonly set: string;
  /** False for bookkeeping that is no news to the job's owner. Default true: `updatedAt` moves. */
  readonly touches?: boolean;
  readonly remove?: string;
  readonly condition: string;
  readonly names: Record<string, string>;
  readonly values: Record<string, unknown>;
}

/** Answers the job as it is now, or undefined when the condition did not hold. */
export async function updateJob(
  dynamo: DynamoDBDocumentClient,
  table: string,
  jobId: string,
  change: JobChange,
): Promise<Job | undefined> {
  const touched =
    change.touches === false
      ? { set: '', values: {} }
      : { set: ', updatedAt = :updatedAt', values: { ':updatedAt': new Date().toISOString() } };
  try {
    const { Attributes } = await dynamo.send(
      new UpdateCommand({
        TableName: table,
        Key: { jobId },
        UpdateExpression: `SET ${change.set}${touched.set}${change.remove ? ` REMOVE ${change.remove}` : ''}`,
        ConditionExpression: change.condition,
        ...(Object.keys(change.names).length > 0 ? { ExpressionAttributeNames: change.names } : {}),
        ExpressionAttributeValues: { ...change.values, ...touched.values },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return jobSchema.parse(Attributes);
  } catch (error) {
    if (isConditionFailed(error)) return undefined;
    throw error;
  }
}
