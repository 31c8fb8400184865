/** The settings that calls to AWS need. */
import type { Config } from '../config.ts';

/** What the clients are made from. The names of things are for the log's advice alone. */
export type AwsSettings = Pick<
  Config,
  | 'AWS_REGION'
  | 'AWS_ENDPOINT_URL'
  | 'AWS_ACCESS_KEY_ID'
  | 'AWS_SECRET_ACCESS_KEY'
  | 'AWS_SESSION_TOKEN'
  | 'S3_PUBLIC_ENDPOINT_URL'
  | 'POLL_WAIT_SECONDS'
>;
