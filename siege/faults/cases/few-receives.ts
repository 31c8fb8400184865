/**
 * Long outages over a queue that soon puts messages aside. Ours allows 1,000 receives, which no outage here comes near:
 * with so few it shows whether a message comes again and again while nothing can be done for it.
 */
import { GetQueueAttributesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { resources } from '@wavefleet/contracts/resources.ts';
import type { Call } from '@wavefleet/tests/bring-up/proxy/call.ts';
import { z } from 'zod';
import { scaled } from '../rig/clocks.ts';
import type { Rig } from '../rig/rig.ts';
import { type FaultCase, require } from './case.ts';
import { duringWork } from './outages.ts';

const RECEIVES = 5;
const AWAY_MS = scaled(600_000);
const policySchema = z.looseObject({ deadLetterTargetArn: z.string() });

/** A sweeper looks at what was put aside; it does so only where there is something. */
const isLookAside = ({ operation, body }: Call) =>
  operation === 'ReceiveMessage' &&
  body?.QueueUrl?.endsWith(`/${resources.queues.jobs.deadLetter.name}`) === true;

async function allowFewReceives({ fleet, platform }: Rig): Promise<void> {
  const { sqs } = platform.aws;
  const QueueUrl = fleet.env.JOBS_QUEUE_URL;
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['RedrivePolicy'] }),
  );
  const policy = policySchema.parse(JSON.parse(Attributes?.RedrivePolicy ?? ''));
  const RedrivePolicy = JSON.stringify({ ...policy, maxReceiveCount: RECEIVES });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }));
}

async function awayWithFewReceives(rig: Rig, service: 's3' | 'dynamodb') {
  await allowFewReceives(rig);
  const looked = rig.proxy.inject({ hits: isLookAside, effect: { kind: 'slow', ms: 0 } });
  const expected = await duringWork(rig, service, [service], { way: 'away', ms: AWAY_MS });
  await Promise.all(expected.jobs.map(({ jobId }) => rig.history.ended(jobId)));
  require(looked.struck.length === 0, 'messages were put aside meanwhile');
  return expected;
}

const services = [
  ['s3', 'S3'],
  ['dynamodb', 'DynamoDB'],
] as const;

export const fewReceiveCases: readonly FaultCase[] = services.map(([service, name]) => ({
  id: `${service}-few-receives`,
  breaks: `${name} away for 10 min, and the queue puts aside what was received ${RECEIVES} times`,
  seen: 'the jobs end later, and no message is put aside',
  how: `RedrivePolicy with maxReceiveCount ${RECEIVES}, and ${service}-10min`,
  // The queue of other cases allows more.
  env: {},
  run: (rig) => awayWithFewReceives(rig, service),
}));
