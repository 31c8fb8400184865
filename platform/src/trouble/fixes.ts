/**
 * Every error that is known to keep a fleet from its services, and the sentence that says what to do about it.
 * One table, to be read and extended in one place: hence its length.
 */

import type { ErrorFacts } from './error-facts.ts';
import type { Subject } from './subject.ts';
import type { Where } from './where.ts';

/** What sort of trouble an error is: some make further checks pointless, some depend on who asks. */
export type Kind =
  | 'denied'
  | 'credentials'
  | 'network'
  | 'region'
  | 'missing'
  | 'redis'
  | 'busy'
  | 'quota'
  | 'disk'
  | 'unsupported'
  | 'unknown';

interface Case {
  readonly facts: ErrorFacts;
  readonly where: Where;
  readonly subject: Subject | undefined;
}
export interface Row {
  readonly kind: Kind;
  /** Names and codes, whole. */
  readonly names: readonly string[];
  /** Where one name stands for several problems: the message must match too. */
  readonly message?: RegExp;
  /** What the message may hold is not for a terminal: a signature error quotes headers, tokens among them. */
  readonly nameOnly?: boolean;
  readonly fix: (about: Case) => string;
}

/** First match wins: what is more exact stands higher. */
export const fixes: readonly Row[] = [
  {
    kind: 'credentials',
    names: ['RequestTimeTooSkewed', 'RequestInTheFuture', 'RequestExpired'],
    nameOnly: true,
    fix: () =>
      "Set this machine's clock (NTP): AWS refuses requests that were not signed at the current time.",
  },
  {
    kind: 'credentials',
    names: ['InvalidSignatureException', 'SignatureDoesNotMatch'],
    message: /Signature (expired|not yet current)/i,
    nameOnly: true,
    fix: () =>
      "Set this machine's clock (NTP): AWS refuses requests that were not signed at the current time.",
  },
  {
    kind: 'credentials',
    names: ['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired'],
    fix: () =>
      'The temporary credentials have expired: log in again (aws sso login, or a new AWS_SESSION_TOKEN with its keys).',
  },
  {
    kind: 'credentials',
    names: [
      'InvalidClientTokenId',
      'UnrecognizedClientException',
      'InvalidAccessKeyId',
      'InvalidToken',
      'NotSignedUp',
    ],
    fix: () =>
      'Correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or unset them so that the task role is used. Temporary keys (ASIA…) also need AWS_SESSION_TOKEN, and keys are valid for one AWS partition only.',
  },
  {
    kind: 'credentials',
    names: ['SignatureDoesNotMatch', 'InvalidSignatureException', 'IncompleteSignature'],
    nameOnly: true,
    fix: () =>
      'AWS_SECRET_ACCESS_KEY does not belong to AWS_ACCESS_KEY_ID: copy both again, without cut or added characters.',
  },
  {
    kind: 'credentials',
    names: ['CredentialsProviderError', 'TokenProviderError'],
    fix: ({ where }) =>
      where.address === undefined
        ? 'Give the task a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (AWS_PROFILE works as well).'
        : 'Use the keys of the emulator: those of npm start are in .data/settings.env; an emulator in a container accepts AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test.',
  },
  {
    kind: 'region',
    names: [
      'PermanentRedirect',
      'AuthorizationHeaderMalformed',
      'IllegalLocationConstraintException',
      'TemporaryRedirect',
      'HTTP 301',
    ],
    fix: ({ facts, where, subject }) =>
      `The bucket is in ${facts.bucketRegion ?? 'another region'}, but AWS_REGION is ${where.region}: set AWS_REGION${facts.bucketRegion === undefined ? '' : `=${facts.bucketRegion}`} if everything is there, or use a bucket in ${where.region} (${subject?.setting ?? 'S3_BUCKET'}).`,
  },
  {
    kind: 'missing',
    names: ['NoSuchBucket'],
    fix: ({ where, subject }) => `${make(where)} or correct ${subject?.setting ?? 'S3_BUCKET'}.`,
  },
  {
    kind: 'missing',
    names: ['QueueDoesNotExist', 'NonExistentQueue', 'QueueDeletedRecently'],
    fix: ({ where, subject }) => {
      const named = regionOfQueue(subject?.name);
      return named !== undefined && named !== where.region
        ? `${subject?.setting} names a queue in ${named}, but AWS_REGION is ${where.region}: make them agree.`
        : `${make(where)} or correct ${subject?.setting ?? 'the queue URL'}.`;
    },
  },
  {
    kind: 'missing',
    names: ['ResourceNotFoundException', 'TableNotFoundException'],
    fix: ({ where, subject }) =>
      `${make(where)} or correct ${subject?.setting ?? 'the name'} or AWS_REGION (now ${where.region}).`,
  },
  {
    kind: 'denied',
    names: [
      'AccessDenied',
      'AccessDeniedException',
      'AuthorizationError',
      'KMSAccessDeniedException',
      'KmsAccessDenied',
      'KMS.AccessDeniedException',
      'HTTP 403',
    ],
    fix: ({ facts, subject }) => {
      const { action, resource } = refused(facts.message, subject);
      return `Allow ${action} on ${resource} for these credentials. If their policy already does, then a bucket or queue policy, a KMS key, a VPC endpoint policy or an organization's policy denies it.`;
    },
  },
  {
    kind: 'network',
    names: ['ECONNREFUSED'],
    fix: ({ where }) =>
      where.setting === 'AWS_ENDPOINT_URL' || where.setting === 'REDIS_URL'
        ? `Nothing listens at ${place(where)}: start it (npm start, or npm run dev:services), or correct ${where.setting}.`
        : `Nothing listens at ${place(where)}: start it, or correct ${where.setting}.`,
  },
  {
    kind: 'network',
    names: ['ENOTFOUND', 'EAI_AGAIN'],
    fix: ({ where }) =>
      where.address === undefined
        ? `The name does not resolve: check AWS_REGION (now ${where.region}) and this machine's DNS; in a VPC, switch DNS support and DNS hostnames on.`
        : `The name in ${where.setting} (${place(where)}) does not resolve: correct it; names of containers resolve inside their network only.`,
  },
  {
    kind: 'network',
    names: [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    ],
    fix: () =>
      "The certificate comes from an authority that Node does not know: add the authority with NODE_EXTRA_CA_CERTS=/path/ca.pem (a company's proxy has its own).",
  },
  {
    kind: 'network',
    names: ['ERR_TLS_CERT_ALTNAME_INVALID', 'CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'],
    fix: ({ where }) =>
      `The certificate is not for ${place(where)} or is not valid now: use the name that it was made for, renew it, or set this machine's clock.`,
  },
  {
    kind: 'network',
    names: ['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'],
    fix: ({ where }) =>
      `One side speaks TLS and the other does not: correct the scheme in ${where.setting} (http or https, redis or rediss).`,
  },
  {
    kind: 'network',
    names: ['TimeoutError', 'AbortError', 'ETIMEDOUT', 'ESOCKETTIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
    fix: ({ where }) => timeoutFix(where),
  },
  {
    kind: 'network',
    // Of ioredis, for a call that had no answer in time.
    names: ['Error'],
    message: /^Command timed out$/,
    fix: ({ where }) => timeoutFix(where),
  },
  {
    kind: 'network',
    names: ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'],
    fix: ({ where }) =>
      `${place(where)} closed the connection: check the scheme in ${where.setting} (http or https, redis or rediss) and what is in between (proxy, load balancer).`,
  },
  {
    kind: 'credentials',
    names: ['NOAUTH'],
    fix: () =>
      'Redis requires a password: put it into REDIS_URL (redis://:PASSWORD@host:port, rediss:// with TLS).',
  },
  {
    kind: 'credentials',
    names: ['WRONGPASS'],
    fix: () =>
      'Redis refuses the user or the password: correct them in REDIS_URL; characters such as @ : / # must be percent-encoded there. Where REDIS_IAM_USER is set, allow the role elasticache:Connect on cache and user.',
  },
  {
    kind: 'denied',
    names: ['NOPERM'],
    fix: () =>
      'Allow the Redis user GET, SET, EXPIRE, DEL, EVAL, PUBLISH, SUBSCRIBE, PING and INFO on the keys progress:* and the channels job:*.',
  },
  {
    kind: 'redis',
    names: ['MOVED', 'CROSSSLOT', 'CLUSTERDOWN'],
    fix: () =>
      'This Redis runs in cluster mode, but the fleet speaks to one node: use a Redis with cluster mode disabled (its primary endpoint).',
  },
  {
    kind: 'redis',
    names: ['READONLY'],
    fix: () => 'REDIS_URL points to a replica: use the primary endpoint.',
  },
  {
    kind: 'redis',
    names: ['OOM', 'MISCONF', 'LOADING'],
    fix: () =>
      'Redis cannot write now: see its log; when memory is full, maxmemory-policy volatile-ttl or allkeys-lru frees it.',
  },
  {
    kind: 'busy',
    // As the SDK's own list (@smithy/core, service-error-classification), without what waiting does not end.
    names: [
      'ThrottlingException',
      'Throttling',
      'ThrottledException',
      'RequestThrottled',
      'RequestThrottledException',
      'ProvisionedThroughputExceededException',
      'RequestLimitExceeded',
      'BandwidthLimitExceeded',
      'EC2ThrottledException',
      'PriorRequestNotComplete',
      'SlowDown',
      'TooManyRequestsException',
      'TransactionInProgressException',
      'HTTP 429',
    ],
    fix: () =>
      'The service throttles requests: try again, and raise the quota or the capacity if it continues.',
  },
  {
    kind: 'quota',
    names: [
      'LimitExceededException',
      'ServiceQuotaExceededException',
      'QuotaExceededException',
      'ResourceLimitExceeded',
      'AccountLimitExceeded',
      'OverLimit',
      'TooManyBuckets',
    ],
    fix: () =>
      'A quota of the account is used up: raise it (AWS console, Service Quotas), or free what is no longer needed.',
  },
  {
    kind: 'disk',
    names: ['ENOSPC', 'EDQUOT'],
    fix: () => 'The disk is full: free some space below WORK_DIR, or give the worker a larger disk.',
  },
  {
    kind: 'unsupported',
    names: ['NotImplemented', 'NotImplementedException', 'UnknownOperationException', 'UnsupportedOperation'],
    fix: () => 'This emulator lacks an operation that AWS has. Check AWS_ENDPOINT_URL.',
  },
];

/** AWS names the missing action itself when it may; it knows better, e.g. when a KMS key is what refuses. */
export function refusedBy(message: string): { action: string | undefined; resource: string | undefined } {
  const [, action, resource] =
    /not authorized to perform: (\S+)(?: on resource: "?([^\s"]+))?/.exec(message) ?? [];
  return { action, resource };
}

function refused(message: string, subject: Subject | undefined): { action: string; resource: string } {
  const { action, resource } = refusedBy(message);
  return {
    action: action ?? subject?.action ?? 'the action',
    resource: resource ?? subject?.resource ?? 'the resource',
  };
}

function timeoutFix(where: Where): string {
  if (where.setting === 'REDIS_URL') {
    return `No answer from ${place(where)}: its security group must let this machine in on that port, both must be in one VPC, and rediss:// needs a server that speaks TLS.`;
  }
  return where.address === undefined
    ? `No connection to ${where.service} in ${where.region}: in a private subnet there must be a NAT gateway or a VPC endpoint for it, and security groups must let port 443 out and into the endpoint.`
    : `No answer from ${place(where)}: check that it is running and that no firewall drops the packets, or correct ${where.setting}.`;
}

function make({ address }: Where): string {
  return address === undefined
    ? 'Create it (terraform apply, or npm run provision)'
    : `Create it (AWS_ENDPOINT_URL=${address} npm run provision)`;
}

function place({ address, service, region }: Where): string {
  return address ?? `${service} in ${region}`;
}

/** AWS' own queue URLs name their region. */
function regionOfQueue(url: string | undefined): string | undefined {
  return /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com/.exec(url ?? '')?.[1];
}
