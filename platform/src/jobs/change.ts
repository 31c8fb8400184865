/** One conditional UpdateItem on one job: the only way in which a stored job ever changes. */
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Job, jobSchema } from '@wavefleet/contracts/job.ts';
import type { JobStatus } from '@wavefleet/contracts/states.ts';
import { unlessRefused } from '../aws/errors.ts';

/** After a lease or an announcement should have been seen to, others wait this long before they act. */
export const GRACE_MS = 2_000;
/** The name of an attribute that is a word of DynamoDB's own. */
export const STATUS = { '#status': 'status' };

/** The parts of the update, in DynamoDB's expression language. */
export interface JobChange {
  readonly set?: string | undefined;
  /** False for bookkeeping that is no news to the job's owner. Default true: `updatedAt` moves. */
  readonly touches?: boolean | undefined;
  readonly remove?: string | undefined;
  readonly add?: string | undefined;
  readonly condition: string;
  readonly names?: Record<string, string> | undefined;
  readonly values: Record<string, unknown>;
}

/** Answers the job as it is now, or undefined when the condition did not hold. @throws SDK errors. */
export async function updateJob(
  dynamo: DynamoDBDocumentClient,
  table: string,
  jobId: string,
  { set, touches = true, remove, add, condition, names = {}, values }: JobChange,
): Promise<Job | undefined> {
  const sets = [set, touches ? 'updatedAt = :updatedAt' : undefined].filter((part) => part !== undefined);
  const clauses = [
    sets.length === 0 ? undefined : `SET ${sets.join(', ')}`,
    remove === undefined ? undefined : `REMOVE ${remove}`,
    add === undefined ? undefined : `ADD ${add}`,
  ].filter((clause) => clause !== undefined);
  const allValues = touches ? { ...values, ':updatedAt': new Date().toISOString() } : values;
  const command = new UpdateCommand({
    TableName: table,
    Key: { jobId },
    UpdateExpression: clauses.join(' '),
    ConditionExpression: condition,
    ExpressionAttributeNames: Object.keys(names).length > 0 ? names : undefined,
    // DynamoDB takes none, but no empty ones.
    ExpressionAttributeValues: Object.keys(allValues).length > 0 ? allValues : undefined,
    ReturnValues: 'ALL_NEW',
  });
  const changed = await unlessRefused(dynamo.send(command));
  return changed && jobSchema.parse(changed.Attributes);
}

/** `#status IN (…)` for any number of states, with its values. `#status` must be among the names. */
export function statusIn(states: readonly JobStatus[]): Pick<JobChange, 'condition' | 'values'> {
  const values = Object.fromEntries(states.map((state, index) => [`:from${index}`, state]));
  return { condition: `#status IN (${Object.keys(values).join(', ')})`, values };
}
