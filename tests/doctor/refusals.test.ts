/** The doctor's report when AWS refuses: the action and the resource that are missing. */
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { provisioned, type Services, startServices } from '../bring-up/services.ts';
import { jsonError, type Refusal, startRefusingProxy, xmlError } from './refusing-proxy.ts';
import { type Env, type Report, reportOf } from './report-of.ts';

let services: Services;
let env: Env;
beforeAll(async () => {
  services = await startServices();
  env = await provisioned(services);
});
afterAll(() => services.stop());

/** What is reported when `refuse` stands before the stack. */
async function refusing(
  refuse: (operation: string) => Refusal | undefined,
  headers: Record<string, string> = {},
): Promise<Report> {
  const proxy = await startRefusingProxy(services.url, refuse, headers);
  onTestFinished(() => proxy.stop());
  return await reportOf({ ...env, AWS_ENDPOINT_URL: proxy.url });
}

const s3Denied = xmlError(403, 'AccessDenied', 'Access Denied');
const dynamoDenied = jsonError(400, 'AccessDeniedException', 'no');
const sqsDenied = jsonError(403, 'AccessDeniedException', 'no', 'AccessDenied');
const allow = (what: string) =>
  `      fix: Allow ${what} for these credentials. If their policy already does, then a bucket or queue policy, a KMS key, a VPC endpoint policy or an organization's policy denies it.`;

const BUCKET = 'arn:aws:s3:::wavefleet-audio';
const table = (name: string) => `arn:aws:dynamodb:us-east-1:*:table/wavefleet-${name}`;
const queue = (name: string) => `arn:aws:sqs:us-east-1:000000000000:wavefleet-${name}`;

/** Every permission that the fleet needs: an operation that is denied, and the action and resources then named. */
const needed: [operation: RegExp, denied: Refusal, action: string, resources: string[]][] = [
  [/^GET \/wavefleet-audio\/?\?(?=.*list-type)/, s3Denied, 's3:ListBucket', [BUCKET]],
  [/^PUT .*\/uploads\//, s3Denied, 's3:PutObject', [`${BUCKET}/uploads/*`]],
  [/^POST .*\/uploads\/.*uploads/, s3Denied, 's3:PutObject', [`${BUCKET}/uploads/*`]],
  [/^PUT .*\/conversions\//, s3Denied, 's3:PutObject', [`${BUCKET}/conversions/*`]],
  [/^PUT .*\/results\//, s3Denied, 's3:PutObject', [`${BUCKET}/results/*`]],
  [/^GET .*\/results\//, s3Denied, 's3:GetObject', [`${BUCKET}/results/*`]],
  [/^GET .*\/drops\//, s3Denied, 's3:GetObject', [`${BUCKET}/drops/*`]],
  [
    /^GET .*\/(uploads|conversions)\/(?!.*uploadId)/,
    s3Denied,
    's3:GetObject',
    [`${BUCKET}/uploads/*`, `${BUCKET}/conversions/*`],
  ],
  [/^DELETE .*\/conversions\//, s3Denied, 's3:DeleteObject', [`${BUCKET}/conversions/*`]],
  [/^GET .*uploadId/, s3Denied, 's3:ListMultipartUploadParts', [`${BUCKET}/uploads/*`]],
  [/^GET .*[?&]uploads/, s3Denied, 's3:ListBucketMultipartUploads', [BUCKET]],
  [/^DELETE .*uploadId/, s3Denied, 's3:AbortMultipartUpload', [`${BUCKET}/uploads/*`]],
  ...['PutItem', 'GetItem', 'DeleteItem'].map((action): (typeof needed)[number] => [
    new RegExp(`^DynamoDB_.*\\.${action}$`),
    dynamoDenied,
    `dynamodb:${action}`,
    [table('jobs'), table('progress'), table('uploads'), table('accounts'), table('webhooks')],
  ]),
  [/\.BatchGetItem$/, dynamoDenied, 'dynamodb:BatchGetItem', [table('jobs')]],
  [
    /\.UpdateItem$/,
    dynamoDenied,
    'dynamodb:UpdateItem',
    [table('jobs'), table('uploads'), table('accounts'), table('webhooks')],
  ],
  [
    /\.Query$/,
    dynamoDenied,
    'dynamodb:Query',
    [
      `${table('jobs')}/index/history`,
      `${table('uploads')}/index/byOwner`,
      `${table('accounts')}/index/byOwner`,
      `${table('webhooks')}/index/listed`,
    ],
  ],
  ...['ReceiveMessage', 'ChangeMessageVisibility', 'DeleteMessage'].map((action): (typeof needed)[number] => [
    new RegExp(`^AmazonSQS\\.${action}$`),
    sqsDenied,
    `sqs:${action}`,
    [queue('jobs'), queue('drops'), queue('notices')],
  ]),
  [
    /^AmazonSQS\.SendMessage$/,
    sqsDenied,
    'sqs:SendMessage',
    [queue('jobs'), queue('notices'), queue('jobs-dlq'), queue('drops-dlq'), queue('notices-dlq')],
  ],
  [/\.PutEvents$/, dynamoDenied, 'events:PutEvents', ['arn:aws:events:us-east-1:*:event-bus/wavefleet']],
];

test.each(needed)(
  '%s denied: FAIL, with the action and the resource',
  async (operation, denied, action, resources) => {
    const { bad, isWell } = await refusing((asked) => (operation.test(asked) ? denied : undefined));
    const fixes = bad.filter((line) => line.startsWith('      fix:'));
    expect(new Set(fixes)).toEqual(new Set(resources.map((resource) => allow(`${action} on ${resource}`))));
    expect(bad.filter((line) => line.startsWith('FAIL'))).toHaveLength(fixes.length);
    expect(isWell).toBe(false);
  },
);

test('what AWS itself says about the missing permission is believed', async () => {
  const said =
    'User: arn:aws:sts::1:assumed-role/worker/x is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:eu-west-1:1:key/k because no identity-based policy allows the kms:GenerateDataKey action';
  const { bad } = await refusing((asked) =>
    /^PUT .*\/results\//.test(asked) ? xmlError(403, 'AccessDenied', said) : undefined,
  );
  expect(bad[2]).toBe(allow('kms:GenerateDataKey on arn:aws:kms:eu-west-1:1:key/k'));
});

test('a task role sees no settings: warnings, since the fleet does without', async () => {
  const describing =
    /\?.*(notification|cors|publicAccessBlock|lifecycle)|\.(DescribeTimeToLive|ListRules|ListTargetsByRule)$/;
  const { bad, isWell, summary } = await refusing((asked) => {
    if (!describing.test(asked)) return undefined;
    return asked.startsWith('GET') ? s3Denied : dynamoDenied;
  });
  expect(bad.slice(0, 3)).toEqual([
    'warn S3 wavefleet-audio: tells the drops queue about drops/',
    `      cannot be seen with these credentials (s3:GetBucketNotification on ${BUCKET})`,
    "      fix: The fleet itself does without this permission: run the check with an operator's credentials to see it.",
  ]);
  expect(bad.filter((line) => line.startsWith('warn'))).toHaveLength(10);
  expect(summary).toBe('connectivity: 34 ok, 10 warnings, 0 failed');
  expect(isWell).toBe(true);
});

test('an emulator that lacks an operation is no failure', async () => {
  const { bad, isWell } = await refusing((asked) =>
    asked.endsWith('DescribeTimeToLive')
      ? jsonError(400, 'UnknownOperationException', 'not here')
      : asked.includes('publicAccessBlock')
        ? xmlError(
            501,
            'NotImplemented',
            'A header you provided implies functionality that is not implemented',
          )
        : undefined,
  );
  expect(bad.filter((line) => line.startsWith('warn'))).toHaveLength(6);
  expect(bad[1]).toMatch(/^ {6}not known here \(NotImplemented: A header/);
  expect(isWell).toBe(true);
});

test('a probe in results/ that may not be deleted is said, with its key', async () => {
  const { bad, isWell } = await refusing((asked) =>
    /^DELETE .*\/results\//.test(asked) ? s3Denied : undefined,
  );
  expect(bad[0]).toBe('warn S3 wavefleet-audio: put in results/');
  expect(bad[1]).toMatch(
    /^ {6}the probe results\/connectivity-\S+ could not be deleted \(AccessDenied: Access Denied\)$/,
  );
  expect(isWell).toBe(true);
});

test.each([
  [
    'by a redirect',
    {
      ...xmlError(
        301,
        'PermanentRedirect',
        'The bucket you are attempting to access must be addressed elsewhere.',
      ),
      headers: { 'x-amz-bucket-region': 'eu-central-1', 'content-type': 'application/xml' },
    },
  ],
  [
    'by the signature',
    xmlError(
      400,
      'AuthorizationHeaderMalformed',
      "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-central-1'",
      '<Region>eu-central-1</Region>',
    ),
  ],
])('a bucket in another region, told %s: the fix names the region', async (_, refusal) => {
  const { bad, summary, isWell } = await refusing((asked) =>
    /^[A-Z]+ \/wavefleet-audio/.test(asked) ? refusal : undefined,
  );
  expect(bad[0]).toBe('FAIL S3 wavefleet-audio: is there, can be listed');
  expect(bad[2]).toBe(
    '      fix: The bucket is in eu-central-1, but AWS_REGION is us-east-1: set AWS_REGION=eu-central-1 if everything is there, or use a bucket in us-east-1 (S3_BUCKET).',
  );
  expect(summary).toBe('connectivity: 34 ok, 0 warnings, 1 failed, 9 not run');
  expect(isWell).toBe(false);
});

test.each([
  ['ExpiredTokenException', 'ExpiredToken', 'The temporary credentials have expired'],
  [
    'UnrecognizedClientException',
    'InvalidAccessKeyId',
    'Correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  ],
  ['InvalidSignatureException', 'SignatureDoesNotMatch', 'AWS_SECRET_ACCESS_KEY does not belong to'],
])('%s: one line a service; a signature error is not quoted', async (type, code, fix) => {
  const quoting = "x-amz-security-token:IQoJb3JpZ2luX2VjEXAMPLE 'POST /'";
  const hidesIt = code === 'SignatureDoesNotMatch';
  const { bad, lines, summary, isWell } = await refusing((asked) => {
    if (asked === 'GET /') return undefined;
    return /^[A-Z]+ \//.test(asked) ? xmlError(403, code, quoting) : jsonError(400, type, quoting);
  });
  const fixes = bad.filter((line) => line.startsWith('      fix:'));
  expect(fixes).toHaveLength(4);
  for (const line of fixes) expect(line).toContain(fix);
  expect(lines.join('\n').includes('IQoJb3JpZ2luX2VjEXAMPLE')).toBe(!hidesIt);
  expect(summary).toBe('connectivity: 7 ok, 0 warnings, 4 failed, 33 not run');
  expect(isWell).toBe(false);
});

test('a secret that a service quotes is hidden', async () => {
  const secret = env.AWS_SECRET_ACCESS_KEY ?? '';
  const proxy = await startRefusingProxy(services.url, (asked) =>
    asked.endsWith('PutEvents') ? jsonError(400, 'ValidationException', `what is ${secret}?`) : undefined,
  );
  onTestFinished(() => proxy.stop());
  const { bad } = await reportOf({ ...env, AWS_ENDPOINT_URL: proxy.url });
  expect(bad[1]).toBe('      ValidationException: what is (hidden)?');
});

test('PutEvents that fails partly is a failure', async () => {
  const { bad, isWell } = await refusing((asked) =>
    asked.endsWith('PutEvents')
      ? {
          status: 200,
          body: JSON.stringify({
            FailedEntryCount: 1,
            Entries: [{ ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'no' }],
          }),
        }
      : undefined,
  );
  expect(bad.slice(0, 2)).toEqual([
    'FAIL EventBridge wavefleet: takes events',
    '      refused: NotAuthorizedForSourceException: no',
  ]);
  expect(isWell).toBe(false);
});

test("a clock that is off is told from the services' dates", async () => {
  const { bad, isWell } = await refusing(() => undefined, {
    date: new Date(Date.now() - 120_000).toUTCString(),
  });
  expect(bad[0]).toBe("warn AWS clock: agrees with this machine's");
  expect(bad[1]).toMatch(/^ {6}this machine's clock is 12\d s ahead$/);
  expect(isWell).toBe(true);
});

test('an answer that ignores Range is found out, and the probe is deleted all the same', async () => {
  const asked: string[] = [];
  const { bad } = await refusing((operation) => {
    asked.push(operation);
    return /^GET .*\/conversions\//.test(operation) ? { status: 200, body: 'connectivity' } : undefined;
  });
  expect(bad.slice(0, 2)).toEqual([
    'FAIL S3 wavefleet-audio: put, get a range, delete in conversions/',
    '      bytes 2-4 of "connectivity" came back as "connectivity"',
  ]);
  expect(asked.filter((operation) => /^DELETE .*\/conversions\//.test(operation))).toHaveLength(1);
});
