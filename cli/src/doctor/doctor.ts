/** Every service asked with the settings that api and worker use: what runs, in which order, and how it reads. */
import type { Config } from '@wavefleet/platform/config.ts';
import { whereIs } from '@wavefleet/platform/trouble/where.ts';
import { awsChecks, clockChecks } from './aws.ts';
import { type Finding, runChecks } from './check.ts';
import { makeWorld, type World } from './context.ts';
import { dynamoChecks } from './dynamodb.ts';
import { eventBridgeChecks } from './event-bridge.ts';
import { mailServices } from './mail.ts';
import { redisChecks } from './redis.ts';
import { hideSecrets, linesOf, summaryOf } from './report.ts';
import { s3ObjectChecks } from './s3-objects.ts';
import { s3SettingChecks } from './s3-settings.ts';
import type { Service } from './service.ts';
import { signInServices } from './sign-in.ts';
import { sqsChecks } from './sqs.ts';

export interface Options {
  readonly config: Config;
  /** The page's origin, to have S3 asked as a browser would. */
  readonly origin?: string | undefined;
  /** Takes the report, line by line. */
  readonly print: (line: string) => void;
}

/** Prints a line per check and a summary. Answers whether nothing failed. Leaves nothing behind. */
export async function checkConnectivity({ config, origin, print }: Options): Promise<boolean> {
  const world = makeWorld(config, origin);
  const findings: Finding[] = [];
  let leftOut = 0;
  const report = async (running: ReturnType<typeof runChecks>) => {
    const done = await running;
    for (const finding of done.findings) {
      for (const line of linesOf(finding)) print(hideSecrets(line, config));
    }
    findings.push(...done.findings);
    leftOut += done.leftOut;
    return done;
  };
  try {
    const redis = run({ where: whereIs(config, 'Redis'), checks: redisChecks(world) });
    const people = [...signInServices(config), ...mailServices(config)].map(run);
    const services = awsServices(world);
    const aws = whereIs(config, 'AWS');
    const { blocked } = await report(run({ where: aws, checks: awsChecks(world) }));
    if (blocked) {
      leftOut += services.reduce((sum, { checks }) => sum + checks.length, 0);
    } else {
      // All at once, told in order.
      for (const running of services.map(run)) await report(running);
      await report(run({ where: aws, checks: clockChecks(world) }));
    }
    for (const running of [redis, ...people]) await report(running);
  } finally {
    world.close();
  }
  print(summaryOf(findings, leftOut));
  return !findings.some(({ status }) => status === 'FAIL');
}

function awsServices(world: World): Service[] {
  const at = (name: Parameters<typeof whereIs>[1]) => whereIs(world.config, name);
  return [
    { where: at('S3'), checks: [...s3ObjectChecks(world), ...s3SettingChecks(world)] },
    { where: at('DynamoDB'), checks: dynamoChecks(world) },
    { where: at('SQS'), checks: sqsChecks(world) },
    { where: at('EventBridge'), checks: eventBridgeChecks(world) },
  ];
}

function run({ where, checks }: Service): ReturnType<typeof runChecks> {
  return runChecks(checks, where);
}
