/** What every check is given: the settings, the clients that api and worker use, and what AWS' answers tell besides. */
import { type AwsClients, makeAwsClients } from '@wavefleet/platform/aws/clients.ts';
import type { Config } from '@wavefleet/platform/config.ts';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { openRedis, type RedisPair } from '@wavefleet/platform/progress/redis.ts';
import { z } from 'zod';

export interface World {
  readonly config: Config;
  readonly aws: AwsClients;
  readonly redis: RedisPair | undefined;
  /** The page's origin, e.g. `https://audio.example`. Undefined: the bucket's CORS rules are read, not tried. */
  readonly origin: string | undefined;
  /** By how many ms this machine's clock is ahead of S3's, by each answer so far. */
  readonly clockSkews: readonly number[];
  close(): void;
}

/** `response` is what the HTTP handler answered, errors included. */
const answered = z.object({ response: z.object({ headers: z.object({ date: z.string() }) }) });

export function makeWorld(config: Config, origin: string | undefined): World {
  const log = makeLog('connectivity', 'silent');
  const aws = makeAwsClients(config, log);
  const redis = openRedis(config, aws, log);
  const clockSkews: number[] = [];
  // A breaker that opened during the checks would hide the errors that they are here to show.
  for (const { middlewareStack } of [aws.s3, aws.sqs, aws.dynamo, aws.eventBridge]) {
    middlewareStack.remove('circuitBreaker');
  }
  aws.s3.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const date = answered.safeParse(answer).data?.response.headers.date;
      if (date !== undefined) clockSkews.push(Date.now() - Date.parse(date));
      return answer;
    },
    { step: 'deserialize', name: 'clockSkew', priority: 'low' },
  );
  return {
    config,
    aws,
    redis,
    origin,
    clockSkews,
    close() {
      redis?.close();
      aws.destroy();
    },
  };
}
