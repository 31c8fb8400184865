/** How the bucket is set up: who is told about drops, which pages may use it, what is private, what goes by itself. */
import {
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  type LifecycleRule,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { uploadKey } from '@wavefleet/contracts/keys.ts';
import { resources } from '@wavefleet/contracts/resources.ts';
import { queueArnOf } from '@wavefleet/platform/aws/queue-arn.ts';
import { explain } from '@wavefleet/platform/trouble/explain.ts';
import { preflight } from '@wavefleet/platform/trouble/preflight.ts';
import { whereIs } from '@wavefleet/platform/trouble/where.ts';
import { look, orNothing } from './calls.ts';
import type { Check, Remark } from './check.ts';
import type { World } from './context.ts';
import { bucketSubject } from './s3-objects.ts';

const { prefixes } = resources.bucket;
const AGAIN = 'Set it again: terraform apply, or npm run provision.';

export function s3SettingChecks(world: World): Check[] {
  const { S3_BUCKET } = world.config;
  const check = (what: string, run: Check['run']): Check => ({
    what: `S3 ${S3_BUCKET}: ${what}`,
    thing: S3_BUCKET,
    run,
  });
  return [
    check(`tells the drops queue about ${prefixes.drops}`, (signal) => notification(world, signal)),
    check(world.origin === undefined ? 'CORS rules' : `CORS for ${world.origin}`, (signal) =>
      cors(world, signal),
    ),
    check('public access is blocked', (signal) => publicAccess(world, signal)),
    check('lifecycle', (signal) => lifecycle(world, signal)),
  ];
}

async function notification({ aws, config }: World, abortSignal: AbortSignal): Promise<Remark[]> {
  const { S3_BUCKET: Bucket } = config;
  const { QueueConfigurations = [] } = await look(bucketSubject(Bucket, 's3:GetBucketNotification'), () =>
    aws.s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }), { abortSignal }),
  );
  const forDrops = QueueConfigurations.filter(
    ({ Filter, Events }) =>
      Events?.some((event) => event.startsWith('s3:ObjectCreated:')) &&
      Filter?.Key?.FilterRules?.some(
        ({ Name, Value }) => Name?.toLowerCase() === 'prefix' && Value === prefixes.drops,
      ),
  );
  const expected = queueArnOf(config.DROPS_QUEUE_URL, config.AWS_REGION);
  if (forDrops.some(({ QueueArn }) => QueueArn === expected)) return [];
  const told = forDrops.map(({ QueueArn }) => QueueArn).join(', ');
  return [
    {
      status: 'FAIL',
      problem:
        told === '' ? 'nobody is told: files dropped there start no job' : `${told} is told, not ${expected}`,
      fix:
        told === ''
          ? AGAIN
          : `Correct DROPS_QUEUE_URL, or set the bucket's notification again (terraform apply, or npm run provision).`,
    },
  ];
}

/** The page sends parts to presigned URLs and reads each part's ETag. With an origin, S3 itself is asked. */
async function cors(world: World, signal: AbortSignal): Promise<Remark[] | string> {
  const { aws, config, origin } = world;
  const { S3_BUCKET: Bucket } = config;
  if (origin !== undefined) return await preflights(world, origin, signal);
  const answer = await orNothing(['NoSuchCORSConfiguration'], () =>
    look(bucketSubject(Bucket, 's3:GetBucketCORS'), () =>
      aws.s3.send(new GetBucketCorsCommand({ Bucket }), { abortSignal: signal }),
    ),
  );
  const usable = (answer?.CORSRules ?? []).filter(
    ({ AllowedMethods, ExposeHeaders }) =>
      ['GET', 'PUT'].every((method) => AllowedMethods?.includes(method)) &&
      ExposeHeaders?.some((header) => header.toLowerCase() === 'etag'),
  );
  const origins = usable.flatMap(({ AllowedOrigins }) => AllowedOrigins ?? []);
  if (origins.length > 0) return `pages of ${origins.join(', ')}; try yours with --origin https://…`;
  return [
    {
      status: 'FAIL',
      problem: 'no rule lets a page GET and PUT and read the ETag: browsers cannot upload or play',
      fix: AGAIN,
    },
  ];
}

async function preflights(world: World, origin: string, signal: AbortSignal): Promise<Remark[]> {
  const { aws, config } = world;
  const object = { Bucket: config.S3_BUCKET, Key: uploadKey('connectivity', '') };
  const urls = {
    PUT: await getSignedUrl(
      aws.s3Public,
      new UploadPartCommand({ ...object, UploadId: 'none', PartNumber: 1 }),
    ),
    GET: await getSignedUrl(aws.s3Public, new GetObjectCommand(object)),
  };
  for (const method of ['PUT', 'GET'] as const) {
    const url = urls[method];
    try {
      const refused = await preflight(url, method, origin, signal);
      if (refused !== undefined) return [{ status: 'FAIL', ...refused }];
    } catch (error) {
      return [unreachable(world, new URL(url).host, error)];
    }
  }
  return [];
}

/** Browsers must reach this address; whether this machine does is another matter. */
function unreachable(world: World, host: string, error: unknown): Remark {
  const { problem } = explain(error, whereIs(world.config, 'S3'));
  return {
    status: 'warn',
    problem: `${host}, where presigned URLs point to, cannot be reached from here (${problem})`,
    fix: 'Browsers must be able to reach S3: set S3_PUBLIC_ENDPOINT_URL to the address that they use.',
  };
}

async function publicAccess({ aws, config }: World, abortSignal: AbortSignal): Promise<Remark[]> {
  const { S3_BUCKET: Bucket } = config;
  const answer = await orNothing(['NoSuchPublicAccessBlockConfiguration'], () =>
    look(bucketSubject(Bucket, 's3:GetBucketPublicAccessBlock'), () =>
      aws.s3.send(new GetPublicAccessBlockCommand({ Bucket }), { abortSignal }),
    ),
  );
  const { BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets } =
    answer?.PublicAccessBlockConfiguration ?? {};
  const open = Object.entries({ BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets })
    .filter(([, isOn]) => isOn !== true)
    .map(([name]) => name);
  return open.length === 0
    ? []
    : [
        {
          status: 'warn',
          problem: `not on: ${open.join(', ')} (the account's own block may still hold)`,
          fix: AGAIN,
        },
      ];
}

async function lifecycle({ aws, config }: World, abortSignal: AbortSignal): Promise<Remark[]> {
  const { S3_BUCKET: Bucket } = config;
  const answer = await orNothing(['NoSuchLifecycleConfiguration'], () =>
    look(bucketSubject(Bucket, 's3:GetLifecycleConfiguration'), () =>
      aws.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }), { abortSignal }),
    ),
  );
  const rules = (answer?.Rules ?? []).filter(({ Status }) => Status === 'Enabled');
  const kept = Object.values(prefixes).filter(
    (prefix) => !rules.some((rule) => rule.Expiration !== undefined && prefix.startsWith(prefixOf(rule))),
  );
  const aborts = rules.some(
    (rule) =>
      rule.AbortIncompleteMultipartUpload !== undefined && prefixes.uploads.startsWith(prefixOf(rule)),
  );
  const problems = [
    ...(aborts ? [] : ['parts of abandoned uploads are kept, and paid, for ever']),
    ...(kept.length === 0 ? [] : [`objects never expire in ${kept.join(', ')}`]),
  ];
  return problems.map((problem) => ({ status: 'warn', problem, fix: AGAIN }));
}

function prefixOf({ Filter, Prefix }: LifecycleRule): string {
  return Filter?.Prefix ?? Filter?.And?.Prefix ?? Prefix ?? '';
}
