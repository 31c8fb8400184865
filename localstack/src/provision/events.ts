/** The event bus and the rules that bring job outcomes into a queue. */
import {
  CreateEventBusCommand,
  type EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { resources } from '@wavefleet/contracts/resources.ts';
import { isNamed } from './clients.ts';
import type { QueueName } from './names.ts';
import { allowSending, type Queues } from './queues.ts';

export async function provisionEvents(
  events: EventBridgeClient,
  sqs: SQSClient,
  bus: string,
  queues: Queues,
): Promise<void> {
  await events.send(new CreateEventBusCommand({ Name: bus })).catch((error: unknown) => {
    if (!isNamed(error, 'ResourceAlreadyExistsException')) throw error;
  });
  for (const rule of resources.events.rules) {
    const pattern = { source: [resources.events.source], 'detail-type': rule.detailTypes };
    const { RuleArn } = await events.send(
      new PutRuleCommand({ Name: rule.name, EventBusName: bus, EventPattern: JSON.stringify(pattern) }),
    );
    if (RuleArn === undefined) throw new Error(`EventBridge named no ARN for the rule ${rule.name}`);
    const queue = queues[rule.queue as QueueName];
    await allowSending(sqs, queue, 'events.amazonaws.com', RuleArn);
    const { FailedEntryCount, FailedEntries } = await events.send(
      new PutTargetsCommand({
        Rule: rule.name,
        EventBusName: bus,
        Targets: [{ Id: rule.queue, Arn: queue.arn }],
      }),
    );
    if (FailedEntryCount)
      throw new Error(`Target of ${rule.name} refused: ${FailedEntries?.[0]?.ErrorMessage}`);
  }
}
