/** Where the calls of a service go, as its errors are explained. */
import type { Config } from '../config.ts';

/** Where a call went. */
export interface Where {
  readonly service:
    | 'AWS'
    | 'S3'
    | 'DynamoDB'
    | 'SQS'
    | 'EventBridge'
    | 'SES'
    | 'Redis'
    | 'sign-in'
    | 'e-mail';
  readonly region: string;
  /** The setting that holds the address. */
  readonly setting:
    | 'AWS_ENDPOINT_URL'
    | 'REDIS_URL'
    | 'OIDC_ISSUER'
    | 'GITHUB_URL'
    | 'GOOGLE_CLIENT_ID'
    | 'SMTP_URL';
  /** Origin, or host and port, without credentials. Undefined: AWS itself. */
  readonly address: string | undefined;
}

/** Where the calls of a service of AWS, or of Redis, go with these settings. */
export function whereIs(
  config: Pick<Config, 'AWS_REGION' | 'AWS_ENDPOINT_URL'> & Partial<Pick<Config, 'REDIS_URL'>>,
  service: Exclude<Where['service'], 'sign-in' | 'e-mail'>,
): Where {
  const isRedis = service === 'Redis';
  const url = isRedis ? config.REDIS_URL : config.AWS_ENDPOINT_URL;
  return {
    service,
    region: config.AWS_REGION,
    setting: isRedis ? 'REDIS_URL' : 'AWS_ENDPOINT_URL',
    // Never the whole of REDIS_URL: a password stands in it.
    address: url === undefined ? undefined : isRedis ? new URL(url).host : new URL(url).origin,
  };
}
