/** Signatures that AWS' own documentation works out, and what is made of wrong ones. The SDKs' are in gate.test.ts. */
import { expect, test } from 'vitest';
import { checkSignature, sha256Hex } from './signature.ts';

const keys = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const now = Date.UTC(2013, 4, 24, 0, 5);
const empty = async () => sha256Hex('');

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "GET Object". */
const getObject = {
  method: 'GET',
  url: '/test.txt',
  headers: {
    host: 'examplebucket.s3.amazonaws.com',
    range: 'bytes=0-9',
    'x-amz-content-sha256': sha256Hex(''),
    'x-amz-date': '20130524T000000Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  },
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html. */
const presigned = {
  method: 'GET',
  url: '/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  headers: { host: 'examplebucket.s3.amazonaws.com' },
};

/** The test suite of Signature Version 4, `get-vanilla`: the request does not say the hash of its body. */
const vanilla = {
  method: 'GET',
  url: '/',
  headers: {
    host: 'example.amazonaws.com',
    'x-amz-date': '20150830T123600Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
};
const vanillaKeys = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};

test('what AWS has signed is right', async () => {
  await checkSignature(getObject, keys, empty, now);
  await checkSignature(presigned, keys, empty, now + 86_000_000);
  await checkSignature(vanilla, vanillaKeys, empty, Date.UTC(2015, 7, 30, 12, 40));
});

const changed = (more: object) => ({ ...getObject, headers: { ...getObject.headers, ...more } });
test.each([
  ['another method', { ...getObject, method: 'PUT' }, 'SignatureDoesNotMatch'],
  ['another object', { ...getObject, url: '/test2.txt' }, 'SignatureDoesNotMatch'],
  ['one more parameter', { ...getObject, url: '/test.txt?acl' }, 'SignatureDoesNotMatch'],
  ['another range', changed({ range: 'bytes=0-99' }), 'SignatureDoesNotMatch'],
  ['another host', changed({ host: 'other.example' }), 'SignatureDoesNotMatch'],
  ['another body', changed({ 'x-amz-content-sha256': sha256Hex('x') }), 'SignatureDoesNotMatch'],
  ['an unsigned header that counts', changed({ 'x-amz-copy-source': '/secret/key' }), 'AccessDenied'],
  ['no signature', changed({ authorization: undefined }), 'AccessDenied'],
  ['nonsense', changed({ authorization: 'Bearer x' }), 'AuthorizationHeaderMalformed'],
  ['no time', changed({ 'x-amz-date': undefined }), 'AuthorizationHeaderMalformed'],
  [
    'a presigned address for another object',
    { ...presigned, url: presigned.url.replace('test', 'best') },
    'SignatureDoesNotMatch',
  ],
  [
    'a presigned address that lasts longer',
    { ...presigned, url: presigned.url.replace('=86400', '=86401') },
    'SignatureDoesNotMatch',
  ],
  [
    'one that lasts for ever',
    { ...presigned, url: presigned.url.replace('=86400', '=99999999') },
    'AuthorizationHeaderMalformed',
  ],
])('%s is refused', async (_what, request, code) => {
  await expect(checkSignature(request, keys, empty, now)).rejects.toMatchObject({ code });
});

test('keys and times that are not ours', async () => {
  const other = { ...keys, accessKeyId: 'AKIAIOSFODNN7EXAMPLF' };
  await expect(checkSignature(getObject, other, empty, now)).rejects.toMatchObject({
    code: 'InvalidAccessKeyId',
  });
  for (const late of [now + 15 * 60_000, now - 25 * 60_000])
    await expect(checkSignature(getObject, keys, empty, late)).rejects.toMatchObject({
      code: 'RequestTimeTooSkewed',
    });
  await expect(checkSignature(presigned, keys, empty, now + 86_400_000)).rejects.toMatchObject({
    code: 'AccessDenied',
    message: 'Request has expired',
  });
});
