/** Notices whose message was lost, of whichever kind: found by the reminders that their records hold. */
import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { storedMailSchema } from '@wavefleet/contracts/mails.ts';
import { storedDeliverySchema } from '@wavefleet/contracts/webhooks.ts';
import { z } from 'zod';
import { NoticeRecords } from './notice-records.ts';

const noticeSchema = z.discriminatedUnion('kind', [storedDeliverySchema, storedMailSchema]);
/** A notice of any kind. */
export type Notice = z.infer<typeof noticeSchema>;
const dueSchema = z.object({ id: z.uuid(), dueAt: z.int() });

export class DueNotices extends NoticeRecords<Notice> {
  constructor(dynamo: DynamoDBDocumentClient, table: string) {
    super(dynamo, table, noticeSchema);
  }

  /** Those of one shard whose message was lost, oldest first. @param now epoch ms. */
  async due(shard: number, now: number): Promise<z.infer<typeof dueSchema>[]> {
    const { Items = [] } = await this.dynamo.send(
      new QueryCommand({
        TableName: this.table,
        IndexName: 'due',
        KeyConditionExpression: 'dueShard = :shard AND dueAt <= :now',
        ExpressionAttributeValues: { ':shard': shard, ':now': now },
        Limit: 100,
      }),
    );
    return Items.map((item) => dueSchema.parse(item));
  }

  /** Takes the reminder that was seen; of several notifiers one gets it. */
  async remindLater(id: string, seenDueAt: number, dueAt: number): Promise<Notice | undefined> {
    return await this.update(id, {
      update: 'SET dueAt = :next',
      condition: '#state = :pending AND dueAt = :seen',
      values: { ':seen': seenDueAt, ':next': dueAt },
    });
  }
}
