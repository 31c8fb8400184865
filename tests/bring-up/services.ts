/**
 * Services: AWS and Redis for one test file, and nothing of ours. Embedded or in containers: here and nowhere else it
 * is chosen which.
 */
import { randomUUID } from 'node:crypto';
import type { AccessKeys } from '@wavefleet/localstack/embedded/access-keys.ts';
import { EmbeddedServices } from '@wavefleet/localstack/embedded/services.testing.ts';
import { type Clients, EMULATOR_CREDENTIALS, makeClients } from '@wavefleet/localstack/provision/clients.ts';
import { type ResourceNames, resourceNames } from '@wavefleet/localstack/provision/names.ts';
import { provision } from '@wavefleet/localstack/provision.ts';
import { startRedis } from '../containers/owned.ts';
import { type ContainerRun, containerRunOf } from '../containers/test-run-env.ts';
import { openDoor } from './door.ts';

const REGION = 'us-east-1';
const run = containerRunOf(process.env);

/** Who answers for AWS. The conformance suite lists how they differ. */
export type StackName = 'embedded' | 'localstack' | 'ministack';
export const stackName: StackName =
  run === undefined ? 'embedded' : run.images.aws.includes('ministack') ? 'ministack' : 'localstack';

export interface Services {
  /** The AWS_ENDPOINT_URL of everything that the test starts. */
  readonly url: string;
  /** Those that it takes. */
  readonly keys: AccessKeys;
  /** A Redis of the test's own. */
  readonly redisUrl: string;
  /** What the test's own resources are to be called. */
  readonly names: ResourceNames;
  /** Plain SDK clients. */
  readonly clients: Clients;
  /** SIGKILL. */
  killRedis(): Promise<void>;
  /** From now on nobody answers at either address. */
  goAway(): Promise<void>;
  stop(): Promise<void>;
}

/** @throws when a program or an image that they need is not there. */
export async function startServices(): Promise<Services> {
  return run === undefined ? await startEmbedded() : await startContained(run);
}

/** As above, for a fleet, which starts an embedded stack by itself: undefined then. */
export async function startServicesOfFleet(): Promise<Services | undefined> {
  return run === undefined ? undefined : await startContained(run);
}

/**
 * Makes every resource and answers the settings of a process that is to use them: addresses, names, keys.
 * @param names default: those that the services say. Another set lives beside it.
 */
export async function provisioned(
  { url: endpointUrl, redisUrl, names: own, keys }: Services,
  names: ResourceNames = own,
): Promise<Record<string, string>> {
  const { settings } = await provision({ endpointUrl, region: REGION, names, credentials: keys });
  return {
    ...settings,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    REDIS_URL: redisUrl,
  };
}

async function startEmbedded(): Promise<Services> {
  const embedded = await EmbeddedServices.start();
  const { url, redisUrl, clients, keys } = embedded;
  return {
    ...{ url, redisUrl, clients, keys, names: resourceNames() },
    killRedis: () => embedded.killRedis(),
    goAway: () => embedded.goAway(),
    stop: () => embedded.stop(),
  };
}

/** AWS is one container for all test files, which takes long to start; Redis is one for each, which does not. */
async function startContained({ awsUrl, runId, images }: ContainerRun): Promise<Services> {
  const [door, redis] = await Promise.all([openDoor(awsUrl), startRedis(images, runId)]);
  const clients = makeClients({ endpointUrl: door.url, region: REGION });
  let killed: Promise<void> | undefined;
  const killRedis = () => {
    killed ??= redis.kill();
    return killed;
  };
  return {
    url: door.url,
    keys: EMULATOR_CREDENTIALS,
    redisUrl: redis.url,
    names: resourceNames(`-${randomUUID().slice(0, 8)}`),
    clients,
    killRedis,
    async goAway() {
      await Promise.all([door.shut(), killRedis()]);
    },
    async stop() {
      clients.destroy();
      await Promise.all([door.shut(), redis.stop()]);
    },
  };
}
