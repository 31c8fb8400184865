/** How long a URL holds that the credentials of a role have signed. */
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { expect, test } from 'vitest';
import { presign } from './presign.ts';

/** Signs for an hour, by credentials that end then. */
async function signed(endsInMs: number | undefined) {
  const expiration = endsInMs === undefined ? {} : { expiration: new Date(Date.now() + endsInMs) };
  const client = new S3Client({
    region: 'us-east-1',
    credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 's', ...expiration }),
  });
  const command = new GetObjectCommand({ Bucket: 'bucket', Key: 'key' });
  const { url, expiresInSeconds } = await presign(
    client,
    (expiresIn) => getSignedUrl(client, command, { expiresIn }),
    3_600,
  );
  return { inUrl: Number(new URL(url).searchParams.get('X-Amz-Expires')), expiresInSeconds };
}

test('a URL holds as long as was wanted when its credentials do', async () => {
  expect(await signed(undefined)).toEqual({ inUrl: 3_600, expiresInSeconds: 3_600 });
  expect(await signed(7_200_000)).toEqual({ inUrl: 3_600, expiresInSeconds: 3_600 });
});

test('a URL of credentials that end sooner says so', async () => {
  const { inUrl, expiresInSeconds } = await signed(600_000);
  expect(inUrl).toBe(expiresInSeconds);
  expect(expiresInSeconds).toBeGreaterThan(590);
  expect(expiresInSeconds).toBeLessThanOrEqual(600);
});
