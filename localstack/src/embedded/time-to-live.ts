/** Time to live, which dynalite does not know: which attribute of a table says it, and the deletion of what is over. */
import {
  DeleteItemCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { unlessRefused } from '@wavefleet/platform/aws/errors.ts';
import { z } from 'zod';
import { AwsJsonError } from './json-protocol.ts';
import { readText, replaceFile } from './s3/disk-store.ts';

/** AWS takes up to two days as well, and nobody must depend on it: who has more to delete comes first. */
const LATE_BY_SECONDS = 2 * 86_400;

const attributesSchema = z.record(z.string(), z.string());
const tableBody = z.looseObject({ TableName: z.string() });
const updateBody = tableBody.extend({
  TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.boolean() }),
});

/** Of all tables of one DynamoDB. */
export class TimeToLive {
  readonly #file: string;
  readonly #dynamo: DynamoDBClient;
  readonly #attributes: Map<string, string>;

  /** @param file where it is kept. One that cannot be read is as none: whoever provisions says it again. */
  constructor(file: string, dynamo: DynamoDBClient) {
    this.#file = file;
    this.#dynamo = dynamo;
    this.#attributes = new Map(Object.entries(readAttributes(file)));
  }

  /** The answer where the call is about time to live. Undefined: dynalite answers. */
  answer(operation: string, body: Buffer): object | undefined {
    if (operation === 'UpdateTimeToLive') {
      const { TableName, TimeToLiveSpecification: spec } = updateBody.parse(JSON.parse(body.toString()));
      const verb = spec.Enabled ? 'enabled' : 'disabled';
      if (spec.Enabled === this.#attributes.has(TableName)) {
        throw new AwsJsonError('ValidationException', `TimeToLive is already ${verb}`);
      }
      if (spec.Enabled) this.#attributes.set(TableName, spec.AttributeName);
      else this.#attributes.delete(TableName);
      this.#save();
      return { TimeToLiveSpecification: spec };
    }
    if (operation === 'DescribeTimeToLive' || operation === 'DeleteTable') {
      const { TableName } = tableBody.parse(JSON.parse(body.toString()));
      const attribute = this.#attributes.get(TableName);
      if (attribute === undefined) return undefined;
      if (operation === 'DescribeTimeToLive') {
        return { TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: attribute } };
      }
      this.#attributes.delete(TableName);
      this.#save();
    }
    return undefined;
  }

  /** One pass: items whose time has been over for two days at `nowMs` go. Answers how many. @throws SDK errors. */
  async expire(nowMs: number, signal?: AbortSignal): Promise<number> {
    const before = { ':before': { N: String(Math.floor(nowMs / 1000) - LATE_BY_SECONDS) } };
    let expired = 0;
    for (const [TableName, attribute] of this.#attributes) {
      const { Table } = await this.#dynamo.send(new DescribeTableCommand({ TableName }));
      const keys = Table?.KeySchema?.map(({ AttributeName = '' }) => AttributeName) ?? [];
      const isOver = {
        TableName,
        ExpressionAttributeNames: { '#ttl': attribute },
        ExpressionAttributeValues: before,
      };
      const pages = paginateScan({ client: this.#dynamo }, { ...isOver, FilterExpression: '#ttl < :before' });
      for await (const { Items = [] } of pages) {
        for (const item of Items) {
          if (signal?.aborted) return expired;
          const Key = Object.fromEntries(Object.entries(item).filter(([name]) => keys.includes(name)));
          if (await this.#remove({ ...isOver, Key, ConditionExpression: '#ttl < :before' })) expired += 1;
        }
      }
    }
    return expired;
  }

  /** False when its time was put off meanwhile, or it is gone. */
  async #remove(deletion: ConstructorParameters<typeof DeleteItemCommand>[0]): Promise<boolean> {
    return (await unlessRefused(this.#dynamo.send(new DeleteItemCommand(deletion)))) !== undefined;
  }

  #save(): void {
    replaceFile(this.#file, JSON.stringify(Object.fromEntries(this.#attributes)));
  }
}

function readAttributes(file: string): Record<string, string> {
  try {
    return attributesSchema.safeParse(JSON.parse(readText(file) ?? '{}')).data ?? {};
  } catch {
    return {};
  }
}
