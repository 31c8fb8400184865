/** What of uploads really lies in S3. */
import { createHash } from 'node:crypto';
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { resources } from '@wavefleet/contracts/resources.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Of a finished upload, streamed. */
export async function sha256OfUpload({ objects }: Platform, fileId: string): Promise<string> {
  const [key = 'nothing'] = await objects.list(`${resources.bucket.prefixes.uploads}${fileId}`);
  const { body } = await objects.open(key);
  const hash = createHash('sha256');
  for await (const chunk of body) hash.update(chunk);
  return hash.digest('hex');
}

/** Keys of multipart uploads that were begun and not ended. */
export async function begunUploads({ aws, objects }: Platform): Promise<(string | undefined)[]> {
  const { Uploads = [] } = await aws.s3.send(new ListMultipartUploadsCommand({ Bucket: objects.bucket }));
  return Uploads.map(({ Key }) => Key);
}
