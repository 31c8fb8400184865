/** The policy of the page, and that it names the storage where the SDK sends browsers. */

import { requiredSettings } from '@wavefleet/platform/config.testing.ts';
import { loadConfig } from '@wavefleet/platform/config.ts';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { makePlatform } from '@wavefleet/platform/platform.ts';
import { expect, test } from 'vitest';
import { pagePolicy, publicS3Origin } from './page-policy.ts';

const config = (env: Record<string, string> = {}) =>
  loadConfig({
    ...requiredSettings,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    ...env,
  });

test.each([
  [{}, 'https://audio.s3.us-east-1.amazonaws.com'],
  [{ AWS_REGION: 'eu-central-1' }, 'https://audio.s3.eu-central-1.amazonaws.com'],
  [{ S3_BUCKET: 'my.audio' }, 'https://s3.us-east-1.amazonaws.com'],
  [{ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, 'http://127.0.0.1:4566'],
  [
    { AWS_ENDPOINT_URL: 'http://localstack:4566', S3_PUBLIC_ENDPOINT_URL: 'http://localhost:4566/' },
    'http://localhost:4566',
  ],
  [{ S3_PUBLIC_ENDPOINT_URL: 'https://s3.dualstack.us-east-1.amazonaws.com' }, undefined],
])('with %o parts are sent to %s, as the SDK signs it', async (env, origin) => {
  const settings = config(env);
  const platform = makePlatform(settings, makeLog('api', 'silent'));
  try {
    const upload = { key: 'uploads/x', multipartId: 'm' };
    const { url } = await platform.parts.presign(upload, { partNumber: 1, sizeBytes: 5 }, 60);
    expect(publicS3Origin(settings)).toBe(new URL(url).origin);
    if (origin !== undefined) expect(publicS3Origin(settings)).toBe(origin);
  } finally {
    platform.close();
  }
});

test('the page may talk to the storage only where browsers send parts there', () => {
  expect(pagePolicy(config(), undefined)).toContain(
    "; connect-src 'self' https://audio.s3.us-east-1.amazonaws.com; ",
  );
  expect(pagePolicy(config({ S3_BROWSER_ACCESS: 'false' }), undefined)).toContain("; connect-src 'self'; ");
});

test('nothing is allowed that is not named, and no script inline', () => {
  const policy = pagePolicy(config(), 'abc');
  expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self' 'nonce-abc'; /);
  expect(policy).not.toMatch(/unsafe|\*/);
});
