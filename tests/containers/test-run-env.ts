/** What `npm run test:containers` tells its test processes, through their environment. */
import { z } from 'zod';
import { type Images, imagesFrom } from './images.ts';

const schema = z.object({ TEST_AWS_URL: z.url(), TEST_RUN_ID: z.uuid() });

export interface ContainerRun {
  /** Where the AWS container answers. */
  readonly awsUrl: string;
  /** Every container of the run carries it. */
  readonly runId: string;
  readonly images: Images;
}

/** The settings of a test process in this run. */
export function envOf({ awsUrl, runId, images }: ContainerRun): Record<string, string> {
  return {
    TEST_AWS_URL: awsUrl,
    TEST_RUN_ID: runId,
    AWS_STACK_IMAGE: images.aws,
    REDIS_IMAGE: images.redis,
  };
}

/** The run that this test process belongs to; undefined: tests run against the embedded stack. */
export function containerRunOf(env: Record<string, string | undefined>): ContainerRun | undefined {
  if (env.TEST_AWS_URL === undefined) return undefined;
  const { TEST_AWS_URL: awsUrl, TEST_RUN_ID: runId } = schema.parse(env);
  return { awsUrl, runId, images: imagesFrom(env) };
}
