/** Asking every dependency whether it answers, for `/api/health`. Each question has its own deadline. */
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { DescribeEventBusCommand } from '@aws-sdk/client-eventbridge';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Health } from '@wavefleet/contracts/http.ts';
import type { BreakerState } from './aws/breaker.ts';
import type { AwsClients } from './aws/clients.ts';
import type { Config } from './config.ts';
import type { RedisPair } from './progress/redis.ts';

type Dependencies = Health['dependencies'];
type Dependency = Dependencies['s3'];

const DEADLINE_MS = 2_000;

/** Asks all five at once. Never throws: what does not answer is `down`, with the error's name. */
export async function checkDependencies(
  aws: AwsClients,
  redis: RedisPair | undefined,
  config: Config,
): Promise<Dependencies> {
  const ask = () => ({ abortSignal: AbortSignal.timeout(DEADLINE_MS) });
  const [s3, sqs, dynamodb, eventbridge, cache] = await Promise.all([
    check(config.S3_BUCKET, aws.breakers.s3.state(), () =>
      aws.s3.send(new HeadBucketCommand({ Bucket: config.S3_BUCKET }), ask()),
    ),
    check(queueName(config.JOBS_QUEUE_URL), aws.breakers.sqs.state(), () =>
      aws.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: config.JOBS_QUEUE_URL, AttributeNames: ['QueueArn'] }),
        ask(),
      ),
    ),
    check(config.JOBS_TABLE, aws.breakers.dynamodb.state(), () =>
      aws.dynamo.send(new DescribeTableCommand({ TableName: config.JOBS_TABLE }), ask()),
    ),
    check(config.EVENT_BUS, aws.breakers.eventbridge.state(), () =>
      aws.eventBridge.send(new DescribeEventBusCommand({ Name: config.EVENT_BUS }), ask()),
    ),
    check('redis', 'none', async () => {
      if (redis === undefined) throw new Error('REDIS_URL is not set');
      await redis.cache.ping();
    }),
  ]);
  return { s3, sqs, dynamodb, eventbridge, redis: cache };
}

async function check(
  resource: string,
  breaker: BreakerState | 'none',
  question: () => Promise<unknown>,
): Promise<Dependency> {
  const startedAt = performance.now();
  try {
    await question();
    return { status: 'ok', breaker, latencyMs: Math.round(performance.now() - startedAt), resource };
  } catch (error) {
    const problem = error instanceof Error ? error.name : 'unknown';
    return { status: 'down', breaker, latencyMs: null, resource, problem };
  }
}

function queueName(url: string): string {
  return url.split('/').at(-1) ?? url;
}
