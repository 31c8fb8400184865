/** Everything that is said on the event bus, in a queue of the test's own: rules of `resources.json` pass outcomes only. */
import { randomUUID } from 'node:crypto';
import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { EventLog } from './observers.ts';

/** Listens from now on. */
export async function listenToBus({ aws, config }: Pick<Platform, 'aws' | 'config'>): Promise<EventLog> {
  const QueueName = `listener-${randomUUID()}`;
  const { QueueUrl = '' } = await aws.sqs.send(new CreateQueueCommand({ QueueName }));
  const { Attributes } = await aws.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const Arn = Attributes?.QueueArn ?? '';
  const Statement = { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: Arn };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [Statement] });
  await aws.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  const rule = { Name: QueueName, EventBusName: config.EVENT_BUS };
  const EventPattern = JSON.stringify({ source: ['wavefleet'] });
  await aws.eventBridge.send(new PutRuleCommand({ ...rule, EventPattern }));
  await aws.eventBridge.send(
    new PutTargetsCommand({
      Rule: QueueName,
      EventBusName: config.EVENT_BUS,
      Targets: [{ Id: 'listener', Arn }],
    }),
  );
  return new EventLog(aws.sqs, QueueUrl);
}
