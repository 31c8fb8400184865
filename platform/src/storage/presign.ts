/** URLs of S3 that need no credentials. */
import type { S3Client } from '@aws-sdk/client-s3';

/** A URL, and how long it holds. */
export interface PresignedUrl {
  readonly url: string;
  readonly expiresInSeconds: number;
}

/**
 * Signs a call, so that whoever has the URL can make it. S3 is not asked. The URL never outlives the credentials
 * that sign it (AWS: "Sharing objects with presigned URLs"), and those of a role end after an hour or a few: what is
 * said of its life is true.
 * @param sign as `getSignedUrl` does, with that client.
 * @param wantedSeconds how long it should hold at most.
 */
export async function presign(
  client: S3Client,
  sign: (expiresIn: number) => Promise<string>,
  wantedSeconds: number,
): Promise<PresignedUrl> {
  const { expiration } = await client.config.credentials();
  const leftMs = expiration === undefined ? Number.POSITIVE_INFINITY : expiration.getTime() - Date.now();
  const expiresInSeconds = Math.max(1, Math.min(wantedSeconds, Math.floor(leftMs / 1000)));
  return { url: await sign(expiresInSeconds), expiresInSeconds };
}
