/**
 * Signature Version 4 as its receiving side: whether a request was made by somebody who has the secret. In a header or
 * in the query (a presigned URL). Libraries sign, and add headers of their own while they do; none checks.
 * Rules: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
 *
 * Of an object's bytes the signature covers only what the client says of them (a hash, or that it signs none); the
 * chunks of `aws-chunked` bodies are taken unsigned.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { AccessKeys } from './access-keys.ts';

const ALGORITHM = 'AWS4-HMAC-SHA256';
const UNSIGNED = 'UNSIGNED-PAYLOAD';
/** How far the clocks of both sides may be apart. */
const SKEW_MS = 15 * 60_000;
const LONGEST_PRESIGNED_SECONDS = 7 * 86_400;

/** What of a request is signed. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** A refusal, under the name that AWS has for it. */
export class SignatureFault extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** What a request says of its signature. */
interface Claim {
  readonly accessKeyId: string;
  /** `20261126/us-east-1/s3/aws4_request`. */
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `20261126T101500Z`. */
  readonly time: string;
  /** Of a presigned URL. */
  readonly expiresSeconds?: number;
  readonly payloadHash: string | undefined;
}

/**
 * @param bodyHash asked for where the request does not say what its body's SHA-256 is (hexadecimal).
 * @throws SignatureFault.
 */
export async function checkSignature(
  request: SignedRequest,
  keys: AccessKeys,
  bodyHash: () => Promise<string>,
  now = Date.now(),
): Promise<void> {
  const claim = claimOf(request);
  if (!isSame(claim.accessKeyId, keys.accessKeyId)) {
    throw new SignatureFault(
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
    );
  }
  checkTime(claim, now);
  const { headers } = request;
  const unsigned = Object.keys(headers).find(
    (name) => name.startsWith('x-amz-') && !claim.signedHeaders.includes(name),
  );
  if (unsigned !== undefined || !claim.signedHeaders.includes('host')) {
    throw new SignatureFault(
      'AccessDenied',
      'There were headers present in the request which were not signed',
    );
  }
  const expected = signatureOf(request, claim, claim.payloadHash ?? (await bodyHash()), keys.secretAccessKey);
  if (!isSame(claim.signature, expected)) {
    throw new SignatureFault(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    );
  }
}

/**
 * The Authorization header for a request that was changed on its way, by the same caller, time and headers as before.
 * @throws SignatureFault when it bears no signature.
 */
export function signedAnew(request: SignedRequest, payloadHash: string, keys: AccessKeys): string {
  const claim = claimOf(request);
  const signature = signatureOf(request, claim, payloadHash, keys.secretAccessKey);
  return `${ALGORITHM} Credential=${claim.accessKeyId}/${claim.scope}, SignedHeaders=${claim.signedHeaders.join(';')}, Signature=${signature}`;
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function claimOf({ url, headers }: SignedRequest): Claim {
  const query = new URLSearchParams(url.split('?', 2)[1] ?? '');
  const { authorization } = headers;
  if (authorization === undefined && !query.has('X-Amz-Signature'))
    throw new SignatureFault('AccessDenied', 'Access Denied: the request is not signed');
  return authorization === undefined ? claimOfQuery(query, headers) : claimOfHeader(authorization, headers);
}

function claimOfHeader(authorization: string, headers: IncomingHttpHeaders): Claim {
  const [, accessKeyId, scope, signedHeaders, signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(
      authorization,
    ) ?? [];
  const time = headers['x-amz-date'];
  if (!accessKeyId || !scope || !signedHeaders || !signature || typeof time !== 'string') throw malformed();
  return {
    accessKeyId,
    scope,
    signature,
    time,
    signedHeaders: signedHeaders.split(';'),
    payloadHash: contentHash(headers),
  };
}

function claimOfQuery(query: URLSearchParams, headers: IncomingHttpHeaders): Claim {
  const [accessKeyId = '', ...scope] = (query.get('X-Amz-Credential') ?? '').split('/');
  const expiresSeconds = Number(query.get('X-Amz-Expires') ?? Number.NaN);
  const isSane = expiresSeconds >= 1 && expiresSeconds <= LONGEST_PRESIGNED_SECONDS;
  if (query.get('X-Amz-Algorithm') !== ALGORITHM || !isSane) throw malformed();
  return {
    accessKeyId,
    expiresSeconds,
    scope: scope.join('/'),
    signedHeaders: (query.get('X-Amz-SignedHeaders') ?? '').split(';'),
    signature: query.get('X-Amz-Signature') ?? '',
    time: query.get('X-Amz-Date') ?? '',
    payloadHash: query.get('X-Amz-Content-Sha256') ?? contentHash(headers) ?? UNSIGNED,
  };
}

function contentHash(headers: IncomingHttpHeaders): string | undefined {
  const value = headers['x-amz-content-sha256'];
  return typeof value === 'string' ? value : undefined;
}

function malformed(): SignatureFault {
  return new SignatureFault(
    'AuthorizationHeaderMalformed',
    'The authorization that you provided is malformed.',
  );
}

function checkTime({ time, scope, expiresSeconds }: Claim, now: number): void {
  const [, year = 0, month = 1, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time)?.map(Number) ?? [];
  const signedAt = Date.UTC(year, month - 1, day, hour, minute, second);
  if (!Number.isFinite(signedAt) || !scope.startsWith(time.slice(0, 8))) throw malformed();
  const isLate = now > signedAt + (expiresSeconds === undefined ? SKEW_MS : expiresSeconds * 1000);
  if (isLate && expiresSeconds !== undefined) throw new SignatureFault('AccessDenied', 'Request has expired');
  if (isLate || signedAt > now + SKEW_MS) {
    const message = 'The difference between the request time and the current time is too large.';
    throw new SignatureFault('RequestTimeTooSkewed', message);
  }
}

function signatureOf(
  { method, url, headers }: SignedRequest,
  { scope, signedHeaders, time }: Claim,
  payloadHash: string,
  secretAccessKey: string,
): string {
  const [path = '', query = ''] = url.split('?', 2);
  const [, , service] = scope.split('/');
  const canonical = [
    method,
    // Everybody but S3 encodes what is encoded once more.
    path
      .split('/')
      .map((segment) => encode(service === 's3' ? decode(segment) : segment))
      .join('/'),
    canonicalQuery(query),
    ...signedHeaders.map((name) => `${name}:${canonicalValue(headers[name])}`),
    '',
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
  const toSign = [ALGORITHM, time, scope, sha256Hex(canonical)].join('\n');
  const key = scope
    .split('/')
    .reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
  return hmac(key, toSign).toString('hex');
}

function canonicalQuery(query: string): string {
  const pairs = query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [encode(decode(name)), encode(decode(value.join('=')))] as const;
    })
    .filter(([name]) => name !== 'X-Amz-Signature');
  return pairs
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map((pair) => pair.join('='))
    .join('&');
}

function canonicalValue(value: string | string[] | undefined): string {
  return [value ?? []].flat().join(',').trim().replace(/ +/g, ' ');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** In equal time, whatever is sent. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
