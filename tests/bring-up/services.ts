/** The outside world of one test file, embedded or in containers: here and nowhere else it is chosen which. */
import { randomUUID } from 'node:crypto';
import { TestStack } from '@wavefleet/localstack/embedded/services.testing.ts';
import { type ResourceNames, resourceNames } from '@wavefleet/localstack/provision/names.ts';
import { startRedis } from '../containers/owned.ts';
import { type ContainerRun, containerRunOf } from '../containers/test-run-env.ts';
import { openGate } from './door.ts';

const run = containerRunOf(process.env);

/** Who answers for AWS. The conformance suite lists how they differ. */
export type StackName = 'embedded' | 'localstack' | 'ministack';
export const stackName: StackName =
  run === undefined ? 'embedded' : run.images.aws.includes('ministack') ? 'ministack' : 'localstack';

export interface TestServices {
  /** The AWS_ENDPOINT_URL of everything that the test starts. */
  readonly url: string;
  /** A Redis of the test's own. */
  readonly redisUrl: string;
  /** What the test's own resources are to be called. */
  readonly names: ResourceNames;
  /** SIGKILL. */
  killRedis(): Promise<void>;
  /** From now on nobody answers at either address. */
  goAway(): Promise<void>;
  stop(): Promise<void>;
}

export async function startServices(): Promise<TestServices> {
  return run === undefined ? await startEmbedded() : await startContained(run);
}

/** As above, for a fleet, which starts an embedded stack by itself: undefined then. */
export async function startServicesOfFleet(): Promise<TestServices | undefined> {
  return run === undefined ? undefined : await startContained(run);
}

async function startEmbedded(): Promise<TestServices> {
  const stack = await TestStack.start();
  return {
    url: stack.url,
    redisUrl: stack.redisUrl,
    names: resourceNames(),
    killRedis: async () => void process.kill(stack.redisPid, 'SIGKILL'),
    goAway: () => stack.halt(),
    stop: () => stack.stop(),
  };
}

/** AWS is one container for all test files, which takes long to start; Redis is one for each, which does not. */
async function startContained({ awsUrl, runId, images }: ContainerRun): Promise<TestServices> {
  const [gate, redis] = await Promise.all([openGate(awsUrl), startRedis(images, runId)]);
  let killed: Promise<void> | undefined;
  const killRedis = () => {
    killed ??= redis.kill();
    return killed;
  };
  return {
    url: gate.url,
    redisUrl: redis.url,
    names: resourceNames(`-${randomUUID().slice(0, 8)}`),
    killRedis,
    async goAway() {
      await Promise.all([gate.shut(), killRedis()]);
    },
    async stop() {
      await Promise.all([gate.shut(), redis.stop()]);
    },
  };
}
