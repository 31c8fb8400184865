/** What a caller is told when AWS refuses: each from the error that AWS sends, over the wire. */
import { errorBodySchema } from '@wavefleet/contracts/http.ts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Stand } from '../bring-up/stand.ts';
import {
  jsonError,
  type Refusal,
  type RefusingProxy,
  startRefusingProxy,
  xmlError,
} from '../doctor/refusing-proxy.ts';
import { UNKNOWN_ID } from '../e2e/refusal.ts';

let stand: Stand;
let proxy: RefusingProxy;
let refuse: (operation: string) => Refusal | undefined = () => undefined;
beforeAll(async () => {
  stand = await Stand.start();
  proxy = await startRefusingProxy(stand.services.url, (operation) => refuse(operation));
});
// Each with breakers of its own: what one case is refused is enough to open them.
beforeEach(() => stand.restartApi({ AWS_ENDPOINT_URL: proxy.url }));
afterAll(async () => {
  await stand?.stop();
  await proxy?.stop();
});

const look = () => stand.request(`/api/jobs/${UNKNOWN_ID}`);
const upload = () => stand.request('/api/upload-audio', { method: 'POST', body: new Uint8Array(64) });
const denied = 'User: arn:aws:sts::111122223333:assumed-role/api is not authorized to perform: s3:PutObject';

test.each([
  ['S3 denies access', /^PUT /, xmlError(403, 'AccessDenied', denied), upload, 403, 'ACCESS_DENIED', false],
  [
    'DynamoDB throttles',
    /GetItem/,
    jsonError(400, 'ThrottlingException', 'Rate of requests exceeds the allowed throughput.'),
    ...[look, 429, 'THROTTLED', true],
  ],
  [
    'a quota of the account is used up',
    /GetItem/,
    jsonError(400, 'LimitExceededException', 'Too many.'),
    ...[look, 429, 'QUOTA_EXCEEDED', true],
  ],
] as const)('D29, D30, R6.8: AWS refuses: %s', async (_, operation, refusal, ask, status, code, retries) => {
  refuse = (asked) => (operation.test(asked) ? refusal : undefined);
  const response = await ask();
  const { error } = errorBodySchema.parse(await response.json());
  expect({ status: response.status, code: error.code }).toEqual({ status, code });
  expect(response.headers.has('retry-after')).toBe(retries);
  if (status === 403) expect(error.detail?.guidance).toContain('npm run test:aws-connectivity');
  expect(JSON.stringify(error)).not.toContain('111122223333');
});
