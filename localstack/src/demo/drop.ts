/** The other door: a file put into S3 with nothing but an S3 client, its outcome read from `results/`. */
import { readFile } from 'node:fs/promises';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { dropResultKey } from '@wavefleet/contracts/keys.ts';
import { z } from 'zod';

const resultSchema = z.object({
  jobId: z.string().nullable(),
  status: z.string(),
  outputKey: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type DropResult = z.infer<typeof resultSchema>;

/** @param env the fleet's settings: endpoint, bucket, credentials. */
export async function dropAndWait(
  env: Record<string, string>,
  path: string,
  key: string,
  timeoutMs: number,
): Promise<DropResult> {
  const s3 = new S3Client({
    endpoint: env.AWS_ENDPOINT_URL ?? '',
    region: env.AWS_REGION ?? '',
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    credentials: {
      accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
    },
  });
  const Bucket = env.S3_BUCKET;
  try {
    await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: await readFile(path) }));
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const text = await s3
        .send(new GetObjectCommand({ Bucket, Key: dropResultKey(key) }))
        .then((answer) => answer.Body?.transformToString())
        .catch((error: unknown) => {
          if (!(error instanceof NoSuchKey)) throw error;
        });
      if (text !== undefined) return resultSchema.parse(JSON.parse(text));
      if (performance.now() > deadline) throw new Error(`no result for ${key} after ${timeoutMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    s3.destroy();
  }
}
