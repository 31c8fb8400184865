/** The containers of one run: all carry its label, so that whatever started them, one call removes them. */
import { GenericContainer, getContainerRuntimeClient, ImageName, Wait } from 'testcontainers';
import type { Images } from './images.ts';

const LABEL = 'wavefleet.test-run';
const AWS_PORT = 4566;
const REDIS_PORT = 6379;
/** LocalStack imports its providers first: 4 s on an idle machine. */
const START_LIMIT_MS = 180_000;

/** The container that stands for AWS. Answers its endpoint. Pulls the image only when it is not here. */
export async function startAws({ aws }: Pick<Images, 'aws'>, runId: string): Promise<string> {
  const container = await new GenericContainer(aws)
    .withLabels({ [LABEL]: runId })
    .withExposedPorts(AWS_PORT)
    // LocalStack would report its start to its maker, and takes any presigned URL unless told to look.
    .withEnvironment({ DISABLE_EVENTS: '1', S3_SKIP_SIGNATURE_VALIDATION: '0' })
    .withWaitStrategy(Wait.forHttp('/_localstack/health', AWS_PORT).forStatusCode(200))
    .withStartupTimeout(START_LIMIT_MS)
    .start();
  return `http://${container.getHost()}:${container.getMappedPort(AWS_PORT)}`;
}

export interface RedisContainer {
  readonly url: string;
  /** SIGKILL, as when the machine under it dies. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedis({ redis }: Pick<Images, 'redis'>, runId: string): Promise<RedisContainer> {
  const container = await new GenericContainer(redis)
    .withLabels({ [LABEL]: runId })
    .withExposedPorts(REDIS_PORT)
    // Without the program's name: the image's own entrypoint adds it.
    .withCommand(['--save', '', '--maxmemory', '64mb'])
    .withWaitStrategy(Wait.forLogMessage('Ready to accept connections'))
    .start();
  const client = await getContainerRuntimeClient();
  return {
    url: `redis://${container.getHost()}:${container.getMappedPort(REDIS_PORT)}`,
    kill: () => client.container.getById(container.getId()).kill(),
    async stop() {
      await container.stop();
    },
  };
}

/** Removes what the run started, running or not. */
export async function removeContainers(runId: string): Promise<void> {
  const { dockerode } = (await getContainerRuntimeClient()).container;
  const filters = { label: [`${LABEL}=${runId}`] };
  const containers = await dockerode.listContainers({ all: true, filters });
  await Promise.all(containers.map(({ Id }) => dockerode.getContainer(Id).remove({ force: true, v: true })));
}

/**
 * Ryuk removes containers whose process died without a chance to. Where its image is not here it is left out
 * rather than fetched: a registry may be out of reach, and `removeContainers` runs at every end but SIGKILL.
 */
export async function goWithoutRyukIfMissing(): Promise<void> {
  const client = await getContainerRuntimeClient();
  const ryuk = ImageName.fromString(process.env.RYUK_CONTAINER_IMAGE ?? RYUK_IMAGE);
  if (!(await client.image.exists(ryuk))) process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
}

/** Testcontainers' own choice (its `reaper.js`). */
const RYUK_IMAGE = 'testcontainers/ryuk:0.14.0';
